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
    const verb = program === "git" ? one.args.slice(1).find((word) => GIT_CARRIES.includes(word)) : undefined;
    if (verb !== undefined) return [`git ${verb}`];
    return program === "git-receive-pack" ? ["git receive-pack"] : [];
  });
  return [...new Set(found)].map((what) => `${what} is in flight`);
}
