import { untilHealthy } from "../../run/healthy";
import type { Phases } from "../../run/phases";
import { isServed, urlOf } from "../../run/route";
import { note } from "../../output";
import type { Session } from "../../session";
import type { WorkspaceFact } from "../place";

/** code-server answers it without a password. */
const EDITOR_HEALTH = "/healthz";
/** A volume's first start seeds the home; what is cloned comes later. */
const START_SECONDS = 60;

/** Waits for a workspace's own health and for its route side by side. @throws Failure with why it does not answer. */
export async function answering(
  session: Session,
  { id, name }: { id: string; name: string },
  phases: Phases,
): Promise<Pick<WorkspaceFact, "workspace" | "on" | "url" | "reachable" | "ssh">> {
  const server = await session.server();
  const url = urlOf(server, name);
  const ended = new AbortController();
  const awaited = {
    name: `workspace '${name}'`,
    startSeconds: START_SECONDS,
    advice: `It stays as it is: correct its settings and run berth workspace create ${name} again, or look into it with berth shell ${name}.`,
  };
  const healthy = phases.time("healthy", () => untilHealthy(session.engine, { id }, awaited, note));
  const served = phases.time("route", () =>
    isServed(server, url, EDITOR_HEALTH, { isHealthy: healthy, signal: ended.signal }),
  );
  try {
    const [reachable] = await Promise.all([served, healthy]);
    return { workspace: name, on: "local", url, reachable, ssh: `berth workspace ssh ${name}` };
  } finally {
    ended.abort();
  }
}
