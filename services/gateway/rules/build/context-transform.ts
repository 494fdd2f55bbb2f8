import { Duplex, PassThrough, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import ignore from "@balena/dockerignore";
import * as tar from "tar-stream";
import { malformed, refuse, Refused } from "../refusals";
import { RefusedStream } from "../types";

const LARGEST_DOCKERFILE = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
/** Start of the names of checked Dockerfiles in a context; no file that comes in may have it. */
export const CHECKED_START = ".berth-checked-";

/** The library's headers with what its types leave out: records of the extended format (POSIX pax). */
type ExtendedHeaders = tar.Headers & { pax?: Record<string, string> | null };

/** What the transform must know of a build. */
export interface ContextPlan {
  /** Path of the caller's Dockerfile in the context. */
  dockerfile: string;
  /** Path under which the engine finds the checked one. */
  checkedName: string;
  /** Checks the Dockerfile's text and returns the one to build; throws Refused. */
  check(dockerfile: string): Promise<string>;
}

/**
 * Takes a build context as a tar archive, plain or with gzip, and gives the engine one that was written anew: the same files, and at
 * the end the checked Dockerfile under a name that nothing in the context could know. A refusal ends the stream before that, so
 * that the engine never has a whole context.
 */
export function contextTransform(plan: ContextPlan): Duplex {
  const input = new PassThrough();
  const output = tar.pack();
  const duplex = Duplex.from({ writable: input, readable: output });
  rewrite(input, output, plan).catch((error: unknown) => {
    const reason = error instanceof Refused ? new RefusedStream(error.refusal) : error;
    duplex.destroy(reason instanceof Error ? reason : new Error(String(reason)));
  });
  return duplex;
}

async function rewrite(input: PassThrough, output: tar.Pack, plan: ContextPlan): Promise<void> {
  const extract = tar.extract();
  const held = new Map<string, { header: tar.Headers; content: Buffer }>();
  const wanted = new Set([
    plan.dockerfile,
    ".dockerignore",
    ...(plan.dockerfile === "Dockerfile" ? ["dockerfile"] : []),
  ]);
  const done = new Promise<void>((resolve, reject) => {
    extract.on("entry", (header, stream, next) => {
      const pass = (): void => {
        stream.pipe(output.entry(plainHeader(header), (error) => (error ? reject(error) : next())));
      };
      try {
        const path = checkEntry(header);
        if (!wanted.has(path)) return pass();
        if (header.type !== "file") malformed(`the build context's ${path} must be a plain file`);
        hold(stream, header, path).then((content) => {
          held.set(path, { header, content });
          next();
        }, reject);
      } catch (error) {
        stream.resume();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    extract.on("finish", resolve);
    extract.on("error", () =>
      reject(
        new Refused({
          kind: "refusal",
          status: 400,
          reason: "malformed",
          message: "the build context is not a tar archive",
        }),
      ),
    );
  });
  await feed(input, extract);
  await done;
  await finish(output, held, plan);
}

/** Pipes the input in, through gzip where it begins so. */
async function feed(input: PassThrough, extract: tar.Extract): Promise<void> {
  const first = await new Promise<Buffer>((resolve, reject) => {
    const read = (): void => {
      const chunk = input.read() as Buffer | null;
      if (chunk === null) return;
      input.off("readable", read);
      input.unshift(chunk);
      resolve(chunk);
    };
    input.on("readable", read);
    input.once("end", () => resolve(Buffer.alloc(0)));
    input.once("error", reject);
  });
  const compressed = first.subarray(0, 2).equals(GZIP);
  if (!compressed && /^(BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/.test(first.subarray(0, 6).toString("latin1"))) {
    malformed("the build context may be compressed with gzip only");
  }
  // Not by pipeline(), which would end the input with the reader's error before the refusal is told.
  const plain = compressed ? input.pipe(createGunzip()) : input;
  plain.on("error", (error) => extract.destroy(error));
  input.on("close", () => {
    if (!input.readableEnded) extract.destroy(new Error("the build context ended early"));
  });
  plain.pipe(extract);
}

/** Of the extended attributes, only the files' own: others could say a second time, and differently, what the entry is. */
function plainHeader(header: ExtendedHeaders): ExtendedHeaders {
  const extended = Object.entries(header.pax ?? {}).filter(([name]) => name.startsWith("SCHILY.xattr."));
  return { ...header, pax: extended.length > 0 ? Object.fromEntries(extended) : undefined };
}

/** The entry's path without what means nothing; refuses what could lie outside the context or is no file. */
function checkEntry(header: tar.Headers): string {
  const path = header.name
    .replace(/^(\.\/+)+/, "")
    .replace(/\/+/g, "/")
    .replace(/\/$/, "");
  const isRoot = path === "" || path === ".";
  if (path.startsWith("/") || path.split("/").includes("..") || (isRoot && header.type !== "directory"))
    malformed(`the build context holds the path '${path}'`);
  if (!["file", "directory", "symlink", "link"].includes(header.type ?? "file")) {
    refuse(
      403,
      "build-context",
      `the build context's ${path} is a ${header.type}: only files, folders and links are taken`,
    );
  }
  if (path.split("/").some((part) => part.startsWith(CHECKED_START)))
    malformed(`the build context holds '${path}', a name that is the gateway's`);
  return path
    .split("/")
    .filter((part) => part !== ".")
    .join("/");
}

async function hold(stream: Readable, header: tar.Headers, path: string): Promise<Buffer> {
  if ((header.size ?? 0) > LARGEST_DOCKERFILE) malformed(`the build context's ${path} is larger than 1 MiB`);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Checks, and writes what was held back: the ignore file with the gateway's name added, so that no COPY finds it. */
async function finish(
  output: tar.Pack,
  held: Map<string, { header: tar.Headers; content: Buffer }>,
  plan: ContextPlan,
): Promise<void> {
  const name = held.has(plan.dockerfile) || plan.dockerfile !== "Dockerfile" ? plan.dockerfile : "dockerfile";
  const found = held.get(name);
  if (!found) return refuse(400, "dockerfile", `there is no file ${plan.dockerfile} in the build context`);
  const text = decode(found.content, name);
  const checked = await plan.check(text.replace(/^\ufeff/, ""));
  const ignoreFile = held.get(".dockerignore");
  const patterns = ignoreFile ? decode(ignoreFile.content, ".dockerignore") : ".dockerignore";
  const ignored = ignore().add(patterns).ignores(name);
  for (const [path, { header, content }] of held) {
    if (path === ".dockerignore" || (path === name && ignored)) continue;
    output.entry({ ...plainHeader(header), size: content.length }, content);
  }
  output.entry(
    { ...ignoreFile?.header, name: ".dockerignore", size: undefined, pax: undefined } as tar.Headers,
    `${patterns}\n${CHECKED_START}*\n`,
  );
  output.entry({ name: plan.checkedName, mode: 0o600, mtime: new Date(0) }, checked);
  output.finalize();
}

function decode(content: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return malformed(`the build context's ${path} is not UTF-8`);
  }
}
