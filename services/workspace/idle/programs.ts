import * as path from "node:path";
import { aiTools } from "../../../spec/workspace/workspace-spec";
import type { OwnProcess } from "./own-processes";

/** Programs that carry files in or out as long as they run. */
const CARRIERS = [
  "sftp-server",
  "scp",
  "sftp",
  "rsync",
  "rclone",
  "git-lfs",
  "git-remote-https",
  "git-remote-http",
];
/** What git does with a remote end. */
const GIT_CARRIES = ["push", "send-pack", "receive-pack"];

/** Interpreters whose first word that is no option is the program. */
const INTERPRETERS = ["node", "bun", "python3", "sh", "bash"];

/** What a process runs: `claude` for `node --foo /usr/lib/…/claude`. */
function programOf({ args }: OwnProcess): string {
  const [first = "", ...rest] = args.map((word) => path.basename(word).replace(/\.(m|c)?js$/, ""));
  if (!INTERPRETERS.includes(first)) return first;
  const script = rest.find((_, index) => args[index + 1]?.startsWith("-") === false);
  return script ?? first;
}

/** AI command lines at work, such as `claude runs`. */
export function runningAgents(processes: OwnProcess[]): string[] {
  const programs = processes.map(programOf);
  return aiTools.filter((tool) => programs.includes(tool)).map((tool) => `${tool} runs`);
}

/** Transfers in flight, such as `git push is in flight`. */
export function transfers(processes: OwnProcess[]): string[] {
  const found = processes.flatMap((one) => {
    const program = programOf(one);
    if (CARRIERS.includes(program)) return [program];
    if (program === "sshd" || program.startsWith("sshd: ") || program.startsWith("sshd-session"))
      return one.args.some((word) => /internal-sftp|sftp-server/.test(word)) ? ["sftp"] : [];
    const verb = program === "git" ? gitVerb(one.args) : "";
    if (GIT_CARRIES.includes(verb)) return [`git ${verb}`];
    return program === "git-receive-pack" ? ["git receive-pack"] : [];
  });
  return [...new Set(found)].map((what) => `${what} is in flight`);
}

/** The first word that is neither an option nor the value of one that stands apart (git(1)). */
function gitVerb([, ...words]: string[]): string {
  const isValue = (index: number): boolean => ["-C", "-c"].includes(words[index - 1] ?? "");
  return words.find((word, index) => !word.startsWith("-") && !isValue(index)) ?? "";
}
