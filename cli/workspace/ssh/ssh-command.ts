import { spawn } from "node:child_process";
import { causeOf, EXIT, Failure } from "../../failure";
import { openSession } from "../../session";
import { refuseElsewhere } from "../place-of";
import type { SshFlags } from "../place";
import { sshOptions } from "./ssh-options";

/** `berth workspace ssh`: OpenSSH's own client, through the gateway. Ends with its exit code. */
export async function sshCommand(name: string, command: string[], flags: SshFlags): Promise<void> {
  if (flags.on !== "local") return sshElsewhere(name, command, flags);
  const session = await openSession(flags);
  const options = await sshOptions(session, name, flags.key);
  const words = options.flatMap(([option, value]) => ["-o", `${option}=${value}`]);
  process.exitCode = await ssh([...words, name, ...command]);
}

/** `berth workspace ssh-config`: what stands in ~/.ssh/config for ssh, scp, rsync and editors. */
export async function sshConfigCommand(name: string, flags: SshFlags): Promise<void> {
  refuseElsewhere(flags.on, "ssh-config");
  const options = await sshOptions(await openSession(flags), name, flags.key);
  const lines = options.map(([option, value]) => `  ${option} ${value}`);
  process.stdout.write([`Host ${name}.berth`, ...lines, ""].join("\n"));
}

async function sshElsewhere(name: string, command: string[], flags: SshFlags): Promise<void> {
  const { drivenSsh } = await import("../driven/driven-place.js");
  process.exitCode = await ssh([...(await drivenSsh(name, flags)), ...command]);
}

function ssh(words: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", words, { stdio: "inherit" });
    // A terminal's Ctrl-C is the client's: this command ends with it.
    const wait = (): void => undefined;
    const passOn = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGINT", wait).on("SIGTERM", passOn).on("SIGHUP", passOn);
    child.once("error", (error) =>
      reject(
        new Failure(
          `there is no ssh on this machine (${causeOf(error)}): install OpenSSH's client`,
          EXIT.failed,
          {
            cause: error,
          },
        ),
      ),
    );
    child.once("close", (code, signal) => {
      process.off("SIGINT", wait).off("SIGTERM", passOn).off("SIGHUP", passOn);
      resolve(code ?? (signal === "SIGTERM" ? 143 : 129));
    });
  });
}
