import * as http from "node:http";

/** One thing that must be well for requests to be served. */
export interface Check {
  name: string;
  /** Why it is not well; undefined while it is. */
  problem: () => string | undefined;
}

/** What the inner port shows. */
export interface HealthView {
  checks: Check[];
  /** Whether the server for callers listens and everything was well once. */
  ready: () => boolean;
  /** The metrics in Prometheus' text format. */
  metrics: () => Promise<string>;
}

/**
 * Plain HTTP inside the identity network: `/health` (200, or 503 with what is wrong), `/ready`, `/metrics`. It names no developer and
 * takes no input.
 */
export function createHealthServer(view: HealthView): http.Server {
  const server = http.createServer((request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response
        .writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body) })
        .end(body);
    };
    const sendJson = (status: number, body: unknown): void =>
      send(status, "application/json", `${JSON.stringify(body)}\n`);
    if (request.method !== "GET") return sendJson(405, { message: "only GET is answered here" });
    switch (request.url ?? "") {
      case "/health": {
        const problems = view.checks.flatMap(({ name, problem }) => {
          const text = problem();
          return text === undefined ? [] : [{ check: name, problem: text }];
        });
        return sendJson(problems.length === 0 ? 200 : 503, {
          status: problems.length === 0 ? "ok" : "failing",
          problems,
        });
      }
      case "/ready":
        return sendJson(view.ready() ? 200 : 503, { ready: view.ready() });
      case "/metrics":
        return void view.metrics().then(
          (text) => send(200, "text/plain; version=0.0.4; charset=utf-8", text),
          (error: unknown) => sendJson(500, { message: `the metrics could not be read: ${String(error)}` }),
        );
      default:
        return sendJson(404, { message: "there are /health, /ready and /metrics" });
    }
  });
  server.requestTimeout = 10_000;
  return server;
}
