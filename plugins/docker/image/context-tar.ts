/** A build context as the tar that the engine takes. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { pack, type Headers, type Pack } from "tar-stream";
import { walkContext, type ContextEntry } from "./context";
import type { Builder } from "./inputs";
import { contextPath, readIgnoreRules, type IgnoreRules } from "./ignore";

export interface ContextTar {
  stream: Pack;
  /** Path of the Dockerfile inside the tar. */
  dockerfile: string;
  /** Settles when all is packed. Rejects when a file cannot be read. */
  packed: Promise<void>;
}

/**
 * Starts packing. Everything belongs to root, as with the docker command; what `.dockerignore` names stays out.
 * The classic builder leaves an ignored Dockerfile out of the image by itself; BuildKit, given a tar, copies it.
 */
export async function packContext(
  context: string,
  dockerfile: string,
  builder: Builder,
): Promise<ContextTar> {
  const rules = await readIgnoreRules(context, dockerfile);
  const inside = contextPath(context, dockerfile);
  const outside = inside.startsWith("../");
  const name = outside ? await hiddenName(dockerfile) : inside;
  const hides = builder === "classic";
  const wanted = withBuildFiles(rules, hides ? [name, ".dockerignore"] : [name]);
  const stream = pack();
  const packed = packAll(stream, context, wanted, outside ? { name, dockerfile, rules, hides } : undefined);
  return { stream, dockerfile: name, packed };
}

function withBuildFiles(rules: IgnoreRules, buildFiles: string[]): IgnoreRules {
  const folders = buildFiles.flatMap((file) =>
    file
      .split("/")
      .slice(0, -1)
      .map((_, index, parts) => parts.slice(0, index + 1).join("/")),
  );
  return {
    ...rules,
    ignores: (path) => !buildFiles.includes(path) && rules.ignores(path),
    hasExceptions: rules.hasExceptions || folders.length > 0,
  };
}

/** A name that no file of the context has. */
async function hiddenName(dockerfile: string): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(dockerfile))
    .digest("hex");
  return `.dockerfile.${digest.slice(0, 20)}`;
}

interface OutsideDockerfile {
  /** Its name in the tar. */
  name: string;
  dockerfile: string;
  rules: IgnoreRules;
  /** Whether the engine keeps ignored build files out of the image. */
  hides: boolean;
}

async function packAll(
  stream: Pack,
  context: string,
  rules: IgnoreRules,
  outside: OutsideDockerfile | undefined,
): Promise<void> {
  try {
    for await (const entry of walkContext(context, rules)) {
      if (outside?.hides && entry.path === ".dockerignore") continue;
      await packEntry(stream, entry);
    }
    if (outside) {
      stream.entry({ name: outside.name, mode: 0o600 }, await readFile(outside.dockerfile));
    }
    if (outside?.hides) {
      // As the docker command: a Dockerfile from elsewhere comes along under a name that is itself ignored.
      stream.entry(
        { name: ".dockerignore", mode: 0o600 },
        `${outside.rules.text}\n.dockerignore\n${outside.name}\n`,
      );
    }
    stream.finalize();
  } catch (error) {
    stream.destroy(error as Error);
    throw error;
  }
}

async function packEntry(stream: Pack, { path, file, stats }: ContextEntry): Promise<void> {
  const headers: Headers = { name: path, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
  if (stats.isSymbolicLink()) stream.entry({ ...headers, type: "symlink", linkname: await readlink(file) });
  else if (stats.isDirectory()) stream.entry({ ...headers, name: `${path}/`, type: "directory" });
  else if (stats.isFile()) {
    const entry = stream.entry({ ...headers, size: stats.size });
    // A file that grows while it is read would break the tar: exactly what was announced goes in.
    if (stats.size === 0) entry.end();
    else await pipeline(createReadStream(file, { end: stats.size - 1 }), entry);
  }
}
