import { setTimeout as sleep } from "node:timers/promises";
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { startHijacked } from "./hijacked-exec";

/** What a command inside the container left behind. */
export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs commands inside one container. */
export interface ContainerShell {
  /** The container's name, for messages. */
  readonly container: string;
  /** Whether the engine knows the container, running or not. */
  exists(): Promise<boolean>;
  /**
   * Runs the command as the image's user, with `input` as its standard input: secrets go there and nowhere else, because an exec's
   * arguments and environment can be read by whoever can inspect it.
   * @throws the engine's error, such as "no such container" or "is not running".
   */
  run(command: string[], input: string): Promise<CommandResult>;
}

/** A command that does not come back must not hold up the whole `up`. */
const COMMAND_TIMEOUT_MS = 30_000;
const EXIT_CODE_WITHIN_MS = 5_000;

export function createContainerShell(docker: Docker, container: string): ContainerShell {
  return {
    container,
    async exists() {
      try {
        await docker.getContainer(container).inspect();
        return true;
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return false;
        throw error;
      }
    },
    async run(command, input) {
      const exec = await docker
        .getContainer(container)
        .exec({ Cmd: command, AttachStdin: true, AttachStdout: true, AttachStderr: true });
      const stream = await startHijacked(exec);
      const stdout = collect();
      const stderr = collect();
      docker.modem.demuxStream(stream, stdout.sink, stderr.sink);
      const timer = setTimeout(
        () =>
          stream.destroy(
            new Error(`${command[0]} in ${container} did not end in ${COMMAND_TIMEOUT_MS / 1000} s`),
          ),
        COMMAND_TIMEOUT_MS,
      );
      try {
        await new Promise<void>((resolve, reject) => {
          stream.once("error", reject);
          stream.once("end", resolve);
          stream.once("close", resolve);
          stream.end(input);
        });
      } finally {
        clearTimeout(timer);
      }
      return { exitCode: await exitCodeOf(exec), stdout: stdout.text(), stderr: stderr.text() };
    },
  };
}

/** The stream may end a moment before the engine has noted the exit code. */
async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (let pauseMs = 5; pauseMs < EXIT_CODE_WITHIN_MS; pauseMs *= 2) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(pauseMs);
  }
  throw new Error("the engine did not tell how a command in the container ended");
}

function collect(): { sink: PassThrough; text(): string } {
  const sink = new PassThrough();
  const chunks: Buffer[] = [];
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { sink, text: () => Buffer.concat(chunks).toString("utf8") };
}
