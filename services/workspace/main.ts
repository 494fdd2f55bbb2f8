// Entry of the workspace's container, and the command `berth-workspace` in it: see paths.ts for what the image must have.
import * as fs from "node:fs";
import { IDLE_EXIT_CODE } from "../../spec/workspace/in-container";
import { runCommand } from "./control/client";
import { answerGit, credentialsOf } from "./git/credential";
import { Log } from "./log";
import { readCommandLine, type CommandLine } from "./options";
import { pathsBelow } from "./paths";
import { run } from "./run";

async function main(): Promise<number> {
  const commandLine = readCommandLine(process.argv.slice(2), [process.execPath, process.argv[1] ?? ""]);
  if (commandLine.command === "git-credential") return answerCredential(commandLine);
  if (commandLine.command !== "run") {
    const { text, exitCode } = await runCommand(commandLine);
    process.stdout.write(`${text}\n`);
    return exitCode;
  }
  const log = new Log((line) => process.stdout.write(line));
  try {
    await run(commandLine.options, process.env, log);
    return IDLE_EXIT_CODE;
  } catch (error) {
    log.error("start", error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** git hands its question on standard input; what it wants kept or forgotten is not ours to change. */
function answerCredential({ words, options }: CommandLine): number {
  if (words[0] !== "get") return 0;
  const folder = pathsBelow(options.root).secrets;
  const secret = (key: string): string | undefined => {
    const file = `${folder}/${key}`;
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : undefined;
  };
  process.stdout.write(answerGit(fs.readFileSync(0, "utf8"), credentialsOf(secret)));
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
