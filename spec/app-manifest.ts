import * as path from "node:path";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { formatPath, validate, type Problem } from "../config/problems";
import { grantableCapabilities } from "../policy/rules";

/** A command as a list of words: no shell takes it apart. */
const command = z.array(z.string().min(1)).min(1);

/** A path inside the app's folder. */
const insideApp = z
  .string()
  .min(1)
  .refine(
    (value) => !path.isAbsolute(value) && !value.split("/").includes(".."),
    "must be inside the app's folder: write it without a leading '/' or '..'",
  );

/** `berth.yaml`: how an app describes itself. The same file serves every environment. */
export const manifestSchema = z.strictObject({
  /** The app's name: part of host names, container names and its database's name. */
  name: z
    .string()
    .max(28)
    .regex(
      // No two hyphens in a row: each becomes two characters in the database's name, which Postgres cuts at 63.
      /^[a-z](-?[a-z0-9])*$/,
      "must be lower-case letters, digits and single inner hyphens, beginning with a letter",
    ),
  /** Decides the runtime image and how its tests are called. */
  language: z.enum(["typescript", "python"]),
  build: z
    .strictObject({
      /** Folder that is sent to the engine. */
      context: z.literal(".").default("."),
      dockerfile: insideApp.default("Dockerfile"),
      /** Stage of the image for tst and pro. */
      target: z.string().default("runtime"),
      /** Stage of the image for dev, with the development tools. */
      devTarget: z.string().default("dev"),
    })
    .prefault({}),
  /** Where it listens in its container. */
  port: z.int().min(1).max(65535),
  health: z
    .strictObject({
      /** Answers 200 when the app can serve. */
      path: z.string().startsWith("/", "must begin with '/'").default("/health"),
      /** How often the engine asks; `up` does not wait for that. Each time costs a process in the container. */
      intervalSeconds: z.int().min(1).max(300).default(60),
      /** How long it may take to start before a failing check counts. */
      startSeconds: z.int().min(0).max(600).default(30),
    })
    .prefault({}),
  /** Shared services it uses: each gives it a user of its own. */
  services: z
    .strictObject({ postgres: z.boolean().default(false), redis: z.boolean().default(false) })
    .prefault({}),
  live: z
    .strictObject({
      /** Folder in the image that the app runs from. */
      target: z.string().startsWith("/", "must be an absolute path").default("/app"),
      /** Folders that are mounted over the image in dev. */
      paths: z.array(insideApp).default([]),
    })
    .prefault({}),
  commands: z
    .strictObject({
      /** The image's own command where absent. */
      start: command.optional(),
      /** Starts the app so that an edit restarts it. */
      reload: command.optional(),
      test: command.optional(),
      testIntegration: command.optional(),
      testE2e: command.optional(),
      lint: command.optional(),
    })
    .prefault({}),
  limits: z
    .strictObject({
      memoryMb: z.int().min(16).max(65_536).default(512),
      cpus: z.number().min(0.05).max(64).default(1),
      /** Processes and threads together. */
      pids: z.int().min(8).max(4_096).default(256),
    })
    .prefault({}),
  /** Linux capabilities given back after all were dropped. */
  capabilities: z.array(z.enum(grantableCapabilities)).default([]),
  /** Numeric user in the container; root has to be asked for by "0". */
  user: z
    .string()
    .regex(/^\d+(:\d+)?$/, "must be a numeric user id, or user:group")
    .default("10001"),
});

export type AppManifest = z.output<typeof manifestSchema>;

/**
 * Reads the text of a `berth.yaml`.
 * @param file name for messages, as the reader would open it.
 * @throws Error with one line for each problem: `file:line:column: key: what is wrong and how to mend it`.
 */
export function parseManifest(text: string, file: string): AppManifest {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    const messages = document.errors.map(({ pos, message }) => {
      const { line, col } = lines.linePos(pos[0]);
      return `${file}:${line}:${col}: ${message.split("\n")[0] ?? ""}`;
    });
    throw new Error(messages.join("\n"));
  }
  const result = validate(manifestSchema, document.toJS() as unknown);
  if ("value" in result) return result.value;
  const messages = result.problems.map((problem) => {
    const { line, col } = lines.linePos(offsetOf(document, problem));
    return `${file}:${line}:${col}: ${formatPath(problem.path) || "the file"} ${problem.fix}`;
  });
  throw new Error(messages.join("\n"));
}

/** Where the problem's key stands in the text: the nearest key that is there. */
function offsetOf(document: Document, problem: Problem): number {
  for (let length = problem.path.length; length > 0; length -= 1) {
    const node = document.getIn(problem.path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
