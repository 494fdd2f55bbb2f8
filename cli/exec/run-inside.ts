import type Docker from "dockerode";
import { END_SIGNALS, ENDED_BY, type EndSignal } from "../failure";
import { note } from "../output";
import { demultiplex } from "./demultiplex";
import { Leash } from "./leash";
import { exitCodeOf, startExec, type StartedExec } from "./start-exec";
import { attachTerminal } from "./terminal";

/** What is run in a container for somebody at this end. */
export interface InsideRequest {
  command: string[];
  /** `NAME=value`, beside what the container has. */
  environment?: string[];
  /** This process's terminal becomes the command's: keys go to it, Ctrl-C among them. Default false. */
  terminal?: boolean;
  /** This process's standard input becomes the command's. Default false: it has none. */
  stdin?: boolean;
}

const PATIENCE_MS = 10_000;

/**
 * Runs a command in a running container with its output on this process's own, and ends it with this process: a signal here is the
 * command's signal, a second one or ten seconds are its end.
 * @returns the command's exit code; that of the signal where one came.
 * @throws Failure where it cannot be started.
 */
export async function runInside(container: Docker.Container, request: InsideRequest): Promise<number> {
  const leash = new Leash();
  const signals = passSignals(leash);
  leash.hold(container);
  try {
    const { command, environment = [], terminal = false, stdin = terminal } = request;
    const started = await startExec(container, {
      ...{ command, terminal, stdin },
      environment: [...environment, leash.environment],
    });
    await (terminal ? attachTerminal(started) : attachStreams(started, stdin));
    const exitCode = await exitCodeOf(started.exec);
    return signals.exitCode() ?? exitCode ?? lost();
  } finally {
    signals.stop();
    await leash.release();
  }
}

async function attachStreams({ stream }: StartedExec, stdin: boolean): Promise<void> {
  if (stdin) process.stdin.pipe(stream);
  await demultiplex(stream, process.stdout, process.stderr);
  if (stdin) process.stdin.unpipe(stream).destroy();
}

function passSignals(leash: Leash): { exitCode: () => number | undefined; stop: () => void } {
  let first: EndSignal | undefined;
  const onSignal = (name: EndSignal): void => {
    const word = first === undefined ? (name.slice(3) as "INT" | "TERM" | "HUP") : "KILL";
    first ??= name;
    void leash.signal(word).then((isHeld) => {
      if (!isHeld) note("berth: the command inside cannot be ended from here: it may still run");
      if (!isHeld) process.exit(ENDED_BY[name]);
    });
    setTimeout(() => void leash.signal("KILL"), PATIENCE_MS).unref();
  };
  for (const name of END_SIGNALS) process.on(name, onSignal);
  return {
    exitCode: () => first && ENDED_BY[first],
    stop: () => END_SIGNALS.forEach((name) => process.removeListener(name, onSignal)),
  };
}

/** The container was stopped or replaced, or the gateway went away. */
function lost(): number {
  note("berth: the command's end was not seen: its container has stopped or was replaced");
  return 1;
}
