import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { createContainerShell } from "../../services/provision/container-shell";
import { lastLogLines } from "../../services/provision/last-log-lines";
import { look } from "../../services/provision/settle";
import type { LocalApp } from "../app/find-app";
import { isAbsent, isConflict } from "../engine/failure";
import { Failure } from "../failure";

/** Whoever sits before it wants to see why, after some three seconds. */
const HOPELESS_RESTARTS = 5;
const FIRST_PAUSE_MS = 60;
const LONGEST_PAUSE_MS = 500;
/** Each look is a process in the container, which has better things to do while the app starts; the proxy mostly knows sooner. */
const FIRST_LOOK_AFTER_MS = 700;
/** Beyond the time that its berth.yaml gives it to start. */
const GRACE_SECONDS = 10;
/** After this long it is told what is waited for. */
const TELL_AFTER_MS = 3_000;

/** What the proxy tells of an app meanwhile. */
export interface ProxySigns {
  /** Ends when it is known whether the app is reached through the proxy. */
  asked: AbortSignal;
  /** Its health path answered through the proxy: no more is to be known. */
  isServed: () => boolean;
}

const UNASKED: ProxySigns = { asked: AbortSignal.abort(), isServed: () => false };

/**
 * Asks a container's own health check until it is content, rather than wait for the engine's next look at it.
 * @param tell gets a line when it takes long.
 * @throws Failure with why it is not healthy, and what it logged last. It stays as it is: an edit may be all that it needs.
 */
export async function waitUntilHealthy(
  engine: Docker,
  container: { id: string },
  app: LocalApp,
  tell: (line: string) => void,
  signs: ProxySigns,
): Promise<void> {
  const { name, manifest } = app;
  const awaited = {
    name: `app '${name}'`,
    startSeconds: manifest.health.startSeconds,
    advice: `It stays as it is, and starts again by an edit; \`berth logs ${name} -f\` follows it.`,
  };
  return untilHealthy(engine, container, awaited, tell, signs);
}

/** What is waited for, for messages. */
export interface Awaited {
  name: string;
  /** What it is given to start. */
  startSeconds: number;
  /** What becomes of it where it is not healthy. */
  advice: string;
}

/** The same for anything that has a health check. @throws Failure with why it is not healthy, and what it logged last. */
export async function untilHealthy(
  engine: Docker,
  container: { id: string },
  { name, startSeconds, advice }: Awaited,
  tell: (line: string) => void,
  { asked, isServed }: ProxySigns = UNASKED,
): Promise<void> {
  const shell = createContainerShell(engine, container.id);
  const startedMs = Date.now();
  const seconds = startSeconds + GRACE_SECONDS;
  let isTold = false;
  if (!asked.aborted) await pauseOf(FIRST_LOOK_AFTER_MS, asked);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.3, LONGEST_PAUSE_MS)) {
    if (isServed()) return;
    const { problem, final } = await whileThere(name, look(engine, shell, HOPELESS_RESTARTS));
    if (problem === undefined) return;
    const passedMs = Date.now() - startedMs;
    if (final === true || passedMs > seconds * 1_000) {
      const when = final === true ? "" : ` after ${seconds} s`;
      const log = await whileThere(name, lastLogLines(engine, container.id));
      throw new Failure(`${name} is not healthy${when}: ${problem}. ${advice}\n${log}`);
    }
    if (!isTold && passedMs > TELL_AFTER_MS) {
      isTold = true;
      tell(`waiting for ${name}: ${problem}`);
    }
    await pauseOf(pause, asked);
  }
}

/** An answer about a container. @throws Failure where the container is gone, or going (the engine has no logs of it then). */
async function whileThere<Answer>(name: string, answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error: unknown) => {
    if (!isAbsent(error) && !isConflict(error)) throw error;
    throw new Failure(
      `${name} was taken away or replaced by another command while this one waited for it; run this again where it is to be as this one wants it`,
      undefined,
      { cause: error },
    );
  });
}

/** Shorter where the proxy tells something meanwhile. */
async function pauseOf(milliseconds: number, asked: AbortSignal): Promise<void> {
  const options = asked.aborted ? {} : { signal: asked };
  await sleep(milliseconds, undefined, options).catch((error: unknown) => {
    if (!asked.aborted) throw error;
  });
}
