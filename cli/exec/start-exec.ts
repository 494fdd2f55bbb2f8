import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { startHijacked } from "../../services/provision/hijacked-exec";

/** A command to start in a running container. */
export interface ExecRequest {
  command: string[];
  /** `NAME=value`, beside what the container has. */
  environment?: string[];
  /** A pseudo-terminal: one raw stream. Default false: standard output and standard error multiplexed. */
  terminal?: boolean;
  /** Whether its standard input is what is written here. Default false: empty. */
  stdin?: boolean;
}

/** A command that was started, with its two-way stream. */
export interface StartedExec {
  exec: Docker.Exec;
  stream: Duplex;
}

/** No key sequence that anybody types: the engine keeps the usual one, Ctrl-P Ctrl-Q, from the program. */
const DETACH_KEYS = "ctrl-@,ctrl-_,ctrl-@,ctrl-_";

/** Starts a command in a running container (Docker Engine API, ContainerExec and ExecStart). @throws Failure */
export async function startExec(container: Docker.Container, request: ExecRequest): Promise<StartedExec> {
  const { command, environment = [], terminal = false, stdin = false } = request;
  const exec = await container.exec({
    Cmd: command,
    Env: environment,
    Tty: terminal,
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    ...(terminal && { DetachKeys: DETACH_KEYS }),
  });
  return { exec, stream: await startHijacked(exec, { terminal }) };
}

/** How long the engine may take to write down the end of a command whose output has ended. */
const END_WITHIN_MS = 5_000;

/** The exit code of a command whose stream has ended; undefined where it does not end, or its container has gone. */
export async function exitCodeOf(exec: Docker.Exec): Promise<number | undefined> {
  const deadline = Date.now() + END_WITHIN_MS;
  for (;;) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    if (Date.now() > deadline) return undefined;
    await sleep(20);
  }
}
