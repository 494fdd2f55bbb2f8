import * as fs from "node:fs";
import * as path from "node:path";
import type { Workspace } from "../workspace";
import { runProgram } from "./run-program";

const PATIENCE_MS = 60 * 60_000;

/** Nobody is there to be asked, and a connection that carries nothing for a minute is dead. */
const UNATTENDED = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "/bin/false",
  SSH_ASKPASS: "/bin/false",
  GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o ConnectTimeout=20",
};
const STALLED = ["-c", "http.lowSpeedLimit=100", "-c", "http.lowSpeedTime=60"];

/**
 * Clones into a folder that is there afterwards as a whole or not at all.
 * @throws Error with git's last lines, and what to do where git was not let in.
 */
export async function clone(
  { environment, log }: Workspace,
  { url, branch }: { url: string; branch?: string },
  folder: string,
): Promise<void> {
  const parent = path.dirname(folder);
  const temporary = path.join(parent, `.${path.basename(folder)}.cloning`);
  fs.mkdirSync(parent, { recursive: true });
  fs.rmSync(temporary, { recursive: true, force: true });
  const chosen = branch === undefined ? [] : ["--branch", branch];
  try {
    await runProgram(
      {
        command: ["git", ...STALLED, "clone", "--quiet", ...chosen, "--", url, temporary],
        environment: { ...environment, ...UNATTENDED },
        folder: parent,
        onLine: (line) => log.info("git", line),
      },
      PATIENCE_MS,
    );
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    const { message } = error as Error;
    throw new Error(
      `${url} cannot be cloned (${message})${advice(message, url)}; tried again at the next start`,
      {
        cause: error,
      },
    );
  }
  fs.renameSync(temporary, folder);
}

function advice(message: string, url: string): string {
  if (/could not read (Username|Password)|Authentication failed|403|401/.test(message))
    return `: give a token for ${new URL(url).host} as its secret, with the right to read it`;
  if (/Permission denied \(publickey|Host key verification failed/.test(message))
    return ": give the secret 'ssh-key', and its public half to the server";
  if (/Remote branch .* not found/.test(message)) return ": correct 'branch'";
  return "";
}
