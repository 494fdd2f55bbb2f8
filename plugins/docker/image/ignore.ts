/** Which files of a build context the engine gets: `.dockerignore`, as the docker command reads it. */
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import createIgnore from "@balena/dockerignore";

export interface IgnoreRules {
  /** Whether a path (relative to the context, with `/`) stays out of the context. */
  ignores(path: string): boolean;
  /** Whether a later rule may bring back files of an ignored folder. */
  hasExceptions: boolean;
  /** The text of the file, "" where there is none. */
  text: string;
}

/** `<Dockerfile>.dockerignore` where it exists, else the context's `.dockerignore`, else nothing is ignored. */
export async function readIgnoreRules(context: string, dockerfile: string): Promise<IgnoreRules> {
  const text =
    (await readIfPresent(`${dockerfile}.dockerignore`)) ??
    (await readIfPresent(join(context, ".dockerignore"))) ??
    "";
  const patterns = text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .filter(Boolean);
  const rules = createIgnore().add(patterns);
  return {
    ignores: (path) => rules.ignores(path),
    hasExceptions: patterns.some((pattern) => pattern.startsWith("!")),
    text,
  };
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Path of a file from the context's root, with `/` on every platform. */
export const contextPath = (context: string, file: string): string =>
  relative(context, file).split(sep).join("/");
