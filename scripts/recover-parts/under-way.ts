import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { EngineObject } from "./engine-objects";

/** Longer than any container of ours gets to end by itself before the engine kills it. */
const LIMIT_MS = 25_000;
const POLL_MS = 250;
/** How far back a stop may have begun that is still under way. */
const LOOK_BACK_SECONDS = 60;

/** Events that say that a container was asked to end, or that this is over. Source: Engine API, SystemEvents. */
const ACTIONS = ["kill", "die", "start", "destroy"];
/** Signals that ask a process to end (SIGHUP and others mean "read your settings again" to most servers). */
const ENDING_SIGNALS = ["2", "3", "9", "15"];

interface ContainerEvent {
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> };
}

/** What happened to containers in the last minute, oldest first, by the engine's own clock. */
async function recentEvents(docker: Docker): Promise<ContainerEvent[]> {
  const { SystemTime } = (await docker.info()) as { SystemTime: string };
  const now = Math.ceil(Date.parse(SystemTime) / 1000);
  const stream = await docker.getEvents({
    since: now - LOOK_BACK_SECONDS,
    until: now,
    filters: { type: ["container"], event: ACTIONS },
  });
  let text = "";
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ContainerEvent);
}

/** Ids of containers that the engine was asked to stop and that still run. */
export function stopping(events: ContainerEvent[]): Set<string> {
  const ids = new Set<string>();
  for (const { Action, Actor } of events) {
    const asked = Action === "kill" && ENDING_SIGNALS.includes(Actor.Attributes.signal ?? "");
    if (asked) ids.add(Actor.ID);
    else if (Action !== "kill") ids.delete(Actor.ID);
  }
  return ids;
}

/** Whether the engine is still at work on this container. */
async function isBusy(docker: Docker, id: string, stops: Set<string>): Promise<boolean> {
  try {
    const { State } = await docker.getContainer(id).inspect();
    return State.Status === "removing" || (State.Running && stops.has(id));
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/**
 * Waits for what the engine has been told to do and does whether or not anybody waits for the answer: a container that is being
 * stopped still counts as running, and a refresh would take it for one that stays.
 */
export async function awaitStops(docker: Docker, objects: EngineObject[]): Promise<void> {
  const stops = stopping(await recentEvents(docker));
  const deadline = Date.now() + LIMIT_MS;
  for (const { id } of objects.filter(({ kind }) => kind === "container")) {
    while ((await isBusy(docker, id, stops)) && Date.now() < deadline) await sleep(POLL_MS);
  }
}
