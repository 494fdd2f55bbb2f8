import { parseArgs } from "node:util";
import { z } from "zod";
import { formatPath, validate } from "../../config/problems";
import { WORKSPACE_COMMAND, WORKSPACE_USER } from "../../spec/workspace/in-container";
import { DEFAULT_OPTIONS, type Options } from "./paths";

export const COMMANDS = ["run", "health", "status", "keep-awake", "stop", "git-credential"] as const;
export type Command = (typeof COMMANDS)[number];

export const USAGE = `usage: ${WORKSPACE_COMMAND} health | status [--json] | keep-awake [minutes] | stop [--now]`;

const port = z.coerce.number().int().min(1).max(65_535);
const flags = z.strictObject({
  root: z.string().startsWith("/", "must be an absolute path").default(DEFAULT_OPTIONS.root),
  "ssh-port": port.default(DEFAULT_OPTIONS.sshPort),
  "editor-port": port.default(DEFAULT_OPTIONS.editorPort),
  "user-id": z.coerce.number().int().min(1).default(WORKSPACE_USER.id),
  "minute-ms": z.coerce.number().int().min(1).default(DEFAULT_OPTIONS.minuteMs),
  json: z.boolean().default(false),
  now: z.boolean().default(false),
});

export interface CommandLine {
  command: Command;
  /** What stands behind the command. */
  words: string[];
  json: boolean;
  now: boolean;
  options: Options;
}

/**
 * Reads the command line. @throws Error that ends with the usage.
 * @param program the interpreter and the file that it runs.
 */
export function readCommandLine(args: string[], program: string[]): CommandLine {
  const { values, positionals } = parse(args);
  const [command = "run", ...words] = positionals;
  const known = COMMANDS.find((name) => name === command);
  if (known === undefined) throw new Error(`${WORKSPACE_COMMAND}: '${command}' is no command\n${USAGE}`);
  const result = validate(flags, values);
  if ("problems" in result) {
    const problems = result.problems.map(({ path, fix }) => `--${formatPath(path)} ${fix}`);
    throw new Error(`${WORKSPACE_COMMAND}: ${problems.join("; ")}\n${USAGE}`);
  }
  const { root, "ssh-port": sshPort, "editor-port": editorPort, ...rest } = result.value;
  const options = { root, sshPort, editorPort, userId: rest["user-id"], minuteMs: rest["minute-ms"] };
  const self = [...program, `--root=${root}`, `--ssh-port=${sshPort}`, `--editor-port=${editorPort}`];
  return { command: known, words, json: rest.json, now: rest.now, options: { ...options, self } };
}

function parse(args: string[]): { values: Record<string, unknown>; positionals: string[] } {
  const text = { type: "string" } as const;
  const names = ["root", "ssh-port", "editor-port", "user-id", "minute-ms"];
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...Object.fromEntries(names.map((name) => [name, text])),
        ...{ json: { type: "boolean" }, now: { type: "boolean" } },
      },
    });
  } catch (error) {
    throw new Error(`${WORKSPACE_COMMAND}: ${(error as Error).message}\n${USAGE}`, { cause: error });
  }
}
