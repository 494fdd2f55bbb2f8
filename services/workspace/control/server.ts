import * as fs from "node:fs";
import * as http from "node:http";
import type { WorkspaceStatus } from "../../../spec/workspace/status";

/** What the workspace can be asked and told on its socket. */
export interface Control {
  status(): Promise<WorkspaceStatus>;
  /** Nobody's absence ends it for so long; 0 takes that back. */
  keepAwake(minutes: number): void;
  /** Ends it; unless `now`, what is being written out keeps it: then says what that is. */
  stop(now: boolean): Promise<string[]>;
}

/** HTTP on a Unix socket that only the workspace's user (and root) may open. */
export async function serveControl(socket: string, control: Control): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    answer(request, control).then(
      ({ code, body }) =>
        response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error: Error) => response.writeHead(500).end(JSON.stringify({ error: error.message })),
    );
  });
  // Left by a container that was killed.
  fs.rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  fs.chmodSync(socket, 0o600);
  return server;
}

async function answer(
  { method, url = "/" }: http.IncomingMessage,
  control: Control,
): Promise<{ code: number; body: unknown }> {
  const { pathname, searchParams } = new URL(url, "http://workspace");
  switch (`${method} ${pathname}`) {
    case "GET /status":
      return { code: 200, body: await control.status() };
    case "POST /keep-awake": {
      control.keepAwake(Number(searchParams.get("minutes")));
      return { code: 200, body: await control.status() };
    }
    case "POST /stop": {
      const inFlight = await control.stop(searchParams.get("now") === "true");
      return { code: inFlight.length === 0 ? 202 : 409, body: { inFlight } };
    }
    default:
      return { code: 404, body: { error: "GET /status, POST /keep-awake?minutes=…, POST /stop" } };
  }
}
