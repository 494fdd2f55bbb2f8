import type { WorkspaceStatus } from "../../../spec/workspace/status";

/** The status for people. */
export function statusLines({ name, healthy, startedAt, services, once, idleStop }: WorkspaceStatus): string {
  const lines = [
    `workspace  ${name}, ${healthy ? "healthy" : "not healthy"}, since ${startedAt}`,
    ...services.map(({ name: service, state, restarts, problem }) =>
      row(service, state, problem, restarts === 0 ? undefined : `started again ${restarts} times`),
    ),
    ...once.map(({ what, state, problem }) => row(what, state, problem)),
  ];
  if (idleStop.inUse.length > 0) lines.push(row("in use", idleStop.inUse.join(", ")));
  else lines.push(row("idle", `for ${idleStop.idleMinutes} min`));
  if (idleStop.keptAwakeUntil !== undefined)
    lines.push(row("kept awake", `until ${idleStop.keptAwakeUntil}`));
  if (idleStop.endsAt !== undefined) lines.push(row("stops", idleStop.endsAt));
  return lines.join("\n");
}

function row(what: string, ...texts: (string | undefined)[]): string {
  return `${what.padEnd(10)} ${texts.filter((text) => text !== undefined).join(", ")}`;
}
