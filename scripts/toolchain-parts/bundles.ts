import { build } from "esbuild";
import * as fs from "node:fs";
import * as path from "node:path";
import { dataRoot, projectRoot, toolchainRoot } from "../lib/paths";
import { sha256, writeIfChanged } from "./files";

/** One program of ours that is bundled into one file. */
export interface Bundle {
  /** Its source folder in the project: `plugins/docker`. */
  source: string;
  /** The bundle's absolute path. */
  file: string;
}

/** What a bundle was made from, kept beside the builds so that unchanged sources cost no build. */
interface Record {
  sourcesDigest: string;
  bundleDigest: string;
  /** Relative to the project; npm packages are represented by the lockfile. */
  sources: string[];
}

/** Optional native parts of npm packages: slower without them, but one file fits every machine. */
const LEFT_OUT = ["cpu-features", "*.node"];

/** The form that its package.json names first requires its parts in a way that no bundler sees (microsoft/node-jsonc-parser#57). */
const AS_MODULES = { "jsonc-parser": "jsonc-parser/lib/esm/main.js" };

/** Services that an image holds: where in images/ its Dockerfile finds the bundle. */
const IN_IMAGES: { [source: string]: string | undefined } = {
  "services/berth-admin": "onboarding/bundle/berth-admin.js",
  "services/gateway": "gateway/bundle/main.js",
  "services/onboarding": "onboarding/bundle/main.js",
  "services/proxy-routes": "proxy-routes/bundle/main.js",
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
    record.bundleDigest === sha256(fs.readFileSync(bundle.file)) &&
    record.sourcesDigest === digestOf(record.sources)
  );
}

/** Makes one bundle present; says whether it had to be built. Throws with the compiler's messages. */
export async function ensureBundle(bundle: Bundle): Promise<boolean> {
  if (isUpToDate(bundle)) return false;
  const result = await build({
    absWorkingDir: projectRoot,
    entryPoints: [`${bundle.source}/main.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: LEFT_OUT,
    alias: AS_MODULES,
    legalComments: "none",
    logLevel: "silent",
  });
  const content = Buffer.from(result.outputFiles[0]?.contents ?? []);
  const sources = Object.keys(result.metafile.inputs)
    .filter((input) => !input.includes("node_modules/"))
    .sort();
  await writeIfChanged(bundle.file, content);
  const record: Record = { sourcesDigest: digestOf(sources), bundleDigest: sha256(content), sources };
  await writeIfChanged(recordFile(bundle), JSON.stringify(record));
  return true;
}
