import type { Candidate, Refusal } from "./candidates";

/** Where the proxy sends the requests for one host name. */
export interface Route {
  host: string;
  /** `<container id>.<network name>:<port>`, resolved by the engine's DNS. */
  target: string;
}

/** One route for each host of the running candidates. Of two containers with one host the newer wins. */
export function routesFor(candidates: Candidate[]): { routes: Route[]; refusals: Refusal[] } {
  const byHost = new Map<string, Route>();
  const refusals: Refusal[] = [];
  const running = candidates.filter((candidate) => candidate.running);
  for (const { container, host, target } of running.sort(newestFirst)) {
    if (byHost.has(host)) {
      refusals.push({ container, reason: `a newer container already answers for ${host}` });
    } else {
      byHost.set(host, { host, target });
    }
  }
  return { routes: [...byHost.values()], refusals };
}

function newestFirst(a: Candidate, b: Candidate): number {
  return b.created - a.created || a.container.localeCompare(b.container);
}
