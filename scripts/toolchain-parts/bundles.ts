import { build, type BuildOptions, type OutputFile } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";
import { dataRoot, projectRoot, toolchainRoot } from "../lib/paths";
import { sha256, writeIfChanged } from "./files";

/** One program of ours that is bundled. */
export interface Bundle {
  /** Its source folder in the project: `plugins/docker`. */
  source: string;
  /** The bundle's absolute path. */
  file: string;
  /** What it imports dynamically becomes files of their own in `parts` beside it, so that it starts with what every start needs. */
  inParts?: boolean;
}

/** What a bundle was made from, kept beside the builds so that unchanged sources cost no build. */
interface Record {
  sourcesDigest: string;
  bundleDigest: string;
  /** Relative to the project; npm packages are represented by the lockfile. */
  sources: string[];
  /** Names of the files in `parts`. */
  parts?: string[];
}

/** Optional native parts of npm packages: slower without them, but one file fits every machine. */
const LEFT_OUT = ["cpu-features", "*.node"];

/** The form that its package.json names first requires its parts in a way that no bundler sees (microsoft/node-jsonc-parser#57). */
const AS_MODULES = { "jsonc-parser": "jsonc-parser/lib/esm/main.js" };

/**
 * dockerode loads these for engines over SSH and for BuildKit's sessions. The developers' command reaches its engine over TLS, what runs in
 * images has the engine's socket, and both build by the classic builder, if at all; starting them would cost the command's every call 80 ms.
 */
const NEVER_USED = Object.fromEntries(
  ["ssh2", "@grpc/grpc-js", "@grpc/proto-loader"].map((name) => [
    name,
    "./scripts/toolchain-parts/absent-module.ts",
  ]),
);

/** Services that an image holds: where in images/ its Dockerfile finds the bundle. */
const IN_IMAGES: { [source: string]: string | undefined } = {
  "services/berth-admin": "onboarding/bundle/berth-admin.js",
  "services/gateway": "gateway/bundle/main.js",
  "services/onboarding": "onboarding/bundle/main.js",
  "services/proxy-routes": "proxy-routes/bundle/main.js",
  "services/workspace": "workspace/bundle/main.js",
};

/** The developers' command. */
export const CLI: Bundle = {
  source: "cli",
  file: path.join(dataRoot, "build", "cli", "berth.mjs"),
  inParts: true,
};

function outputFile(source: string): string {
  const [kind, name] = source.split("/");
  // Plugins belong to the toolchain; services to the data, where the Pulumi program looks for them (`.berth/build`).
  if (kind === "plugins") return path.join(toolchainRoot, "build", "plugins", `${name}.cjs`);
  const inImage = IN_IMAGES[source];
  if (inImage !== undefined) return path.join(projectRoot, "images", inImage);
  return path.join(dataRoot, "build", `${name}.js`);
}

/** All bundles of these kinds: every folder in them that has a `main.ts`. */
export function bundles(kinds: ("plugins" | "services")[]): Bundle[] {
  return kinds.flatMap((kind) => {
    const folder = path.join(projectRoot, kind);
    const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
    return names
      .filter((name) => fs.existsSync(path.join(folder, name, "main.ts")))
      .map((name) => ({ source: `${kind}/${name}`, file: outputFile(`${kind}/${name}`) }));
  });
}

function digestOf(sources: string[]): string {
  const contents = [...sources, "package-lock.json"].map((source) => {
    const file = path.join(projectRoot, source);
    return `${source}\0${fs.existsSync(file) ? sha256(fs.readFileSync(file)) : "gone"}\n`;
  });
  return sha256(...contents);
}

function recordFile(bundle: Bundle): string {
  const root = bundle.source.startsWith("plugins/") ? toolchainRoot : dataRoot;
  return path.join(root, "build", "records", `${bundle.source.replace("/", "-")}.json`);
}

function isUpToDate(bundle: Bundle): boolean {
  const file = recordFile(bundle);
  if (!fs.existsSync(file) || !fs.existsSync(bundle.file)) return false;
  const record = JSON.parse(fs.readFileSync(file, "utf8")) as Record;
  return (
    // Its text names each part by the digest of what is in it.
    record.bundleDigest === sha256(fs.readFileSync(bundle.file)) &&
    (record.parts ?? []).every((part) => fs.existsSync(path.join(partsFolder(bundle), part))) &&
    record.sourcesDigest === digestOf(record.sources)
  );
}

/** Makes one bundle present; says whether it had to be built. Throws with the compiler's messages. */
export async function ensureBundle(bundle: Bundle): Promise<boolean> {
  if (isUpToDate(bundle)) return false;
  const { metafile, outputFiles } = await build({
    ...(bundle.inParts ? inParts(bundle) : inOneFile(bundle)),
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    external: LEFT_OUT,
    legalComments: "none",
    logLevel: "silent",
  });
  const [entry, ...parts] = entryFirst(outputFiles, bundle);
  const content = Buffer.from(entry?.contents ?? []);
  const sources = Object.keys(metafile.inputs)
    .filter((input) => !input.includes("node_modules/"))
    .sort();
  placeParts(partsFolder(bundle), parts);
  await writeIfChanged(bundle.file, content);
  const record: Record = {
    ...{ sourcesDigest: digestOf(sources), bundleDigest: sha256(content), sources },
    ...(bundle.inParts && { parts: parts.map(({ path: part }) => path.basename(part)) }),
  };
  await writeIfChanged(recordFile(bundle), JSON.stringify(record));
  return true;
}

const partsFolder = ({ file }: Bundle): string => path.join(path.dirname(file), "parts");

function inOneFile({ source }: Bundle): BuildOptions {
  const inImage = IN_IMAGES[source] !== undefined;
  const alias = { ...AS_MODULES, ...(inImage && NEVER_USED) };
  return { entryPoints: [`${source}/main.ts`], format: "cjs", alias };
}

/** Only modules of ECMAScript's own kind can be split. What was written for the other kind finds here what it takes for granted. */
function inParts({ source, file }: Bundle): BuildOptions {
  const extension = path.extname(file);
  return {
    entryPoints: { [path.basename(file, extension)]: `${source}/main.ts` },
    outdir: path.dirname(file),
    outExtension: { ".js": extension },
    chunkNames: "parts/[name]-[hash]",
    format: "esm",
    splitting: true,
    alias: { ...AS_MODULES, ...NEVER_USED },
    banner: {
      js: 'import{createRequire as requireFrom}from"node:module";const require=requireFrom(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;',
    },
  };
}

function entryFirst(files: OutputFile[], { file, inParts: split }: Bundle): OutputFile[] {
  if (!split) return files;
  return [...files].sort((a, b) => Number(b.path === file) - Number(a.path === file));
}

/** Whoever runs an earlier build may still load a part of it. */
const PARTS_KEPT_MS = 24 * 60 * 60_000;

/** A part's name says what is in it: one that is there is right. The entry is written after them, so that it never names what is not there. */
function placeParts(folder: string, parts: OutputFile[]): void {
  if (parts.length === 0) return;
  fs.mkdirSync(folder, { recursive: true });
  const names = parts.map((part) => path.basename(part.path));
  for (const [index, { contents }] of parts.entries()) {
    const file = path.join(folder, names[index] ?? "");
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, contents);
    fs.renameSync(temporary, file);
  }
  for (const other of fs.readdirSync(folder).filter((name) => !names.includes(name))) {
    const file = path.join(folder, other);
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > PARTS_KEPT_MS) fs.rmSync(file, { force: true });
  }
}
