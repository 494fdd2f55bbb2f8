import * as path from "node:path";
import { z } from "zod";
import { parseYamlText } from "../config/yaml-text";
import { grantableCapabilities } from "../policy/rules";
import { appName } from "./app-name";

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

/** How a secret is named, by its command and as a file in the container. */
export const secretKey = z
  .string()
  .max(63)
  .regex(
    /^[A-Za-z][A-Za-z0-9]*([-_.][A-Za-z0-9]+)*$/,
    "must be letters and digits with single inner '-', '_' or '.', beginning with a letter",
  )
  .refine(
    (key) => !["database-url", "redis-url"].includes(key),
    "is the file of a shared service: choose another name",
  );

/** What becomes of an edit on both sides: both versions stay until somebody chooses, or the laptop's wins. */
export const syncMode = z.enum(["two-way-safe", "two-way-resolved"]);

/** `berth.yaml`: how an app describes itself. The same file serves every environment. */
export const manifestSchema = z.strictObject({
  name: appName,
  /** Decides the runtime image and how its tests are called. */
  language: z.enum(["typescript", "python"]),
  build: z
    .strictObject({
      /** Folder that is sent to the engine and synchronised: the app's own, or one above it for what several apps share. */
      context: z
        .string()
        .regex(/^(\.|\.\.(\/\.\.)*)$/, "must be '.' or a folder above the app's: '..', '../..' and so on")
        .default("."),
      /** From the app's folder. */
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
      /** Folder in the image that holds the build context. */
      target: z.string().startsWith("/", "must be an absolute path").default("/app"),
      /** Folders that are mounted over the image in dev. */
      paths: z.array(insideApp).default([]),
      /** Folders of the image that stay as they are under synchronised source; default by language: node_modules, or .venv. */
      keep: z.array(insideApp).optional(),
    })
    .prefault({}),
  sync: z
    .strictObject({
      /** As this laptop's config.yaml says where absent, else two-way-safe. */
      mode: syncMode.optional(),
      /** What stays on its side, beside node_modules, .git, dist, build and .berth; in Mutagen's form. */
      ignore: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  /** Secrets that it gets, as files named so in /run/secrets/berth. */
  secrets: z.array(secretKey).default([]),
  commands: z
    .strictObject({
      /** The image's own command where absent. */
      start: command.optional(),
      /** Starts the app so that an edit restarts it. */
      reload: command.optional(),
      /** Starts the app with its debugger listening; made from the above where absent. */
      debug: command.optional(),
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

const KEPT_BY_LANGUAGE: Record<AppManifest["language"], string[]> = {
  typescript: ["node_modules"],
  python: [".venv"],
};

/** Folders of the image that stay as they are under synchronised source, from the app's folder. */
export function keptFolders({ live, language }: AppManifest): string[] {
  return live.keep ?? KEPT_BY_LANGUAGE[language];
}

/**
 * Reads the text of a `berth.yaml`.
 * @param file name for messages, as the reader would open it.
 * @throws Error with one line for each problem: `file:line:column: key: what is wrong and how to mend it`.
 */
export function parseManifest(text: string, file: string): AppManifest {
  return parseYamlText(text, file, manifestSchema);
}
