import * as http from "node:http";
import * as net from "node:net";
import type { EngineAnswer, EngineLookup } from "../rules/types";

/** The engine did not take a request or did not answer: nothing can be decided or done. */
export class EngineUnreachable extends Error {
  constructor(cause: unknown) {
    super(`the Docker engine does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.name = "EngineUnreachable";
  }
}

const LOOKUP_TIMEOUT_MS = 30_000;
/** A look-up is read whole; the longest list of a busy host has a few MiB. */
const LARGEST_LOOKUP_BYTES = 64 * 1024 * 1024;

export interface EngineRequest {
  method: string;
  /** Path and query, percent-encoded. */
  target: string;
  headers: http.OutgoingHttpHeaders;
  /** Whether the connection may have served another request before: only for one without a body whose answer ends. */
  shared?: boolean;
}

/** As many connections wait for the next small request. */
const IDLE_CONNECTIONS = 16;

/**
 * The Docker engine behind its unix socket. A request with a body, and every stream, has a connection of its own, so that no byte of one
 * caller can end up in the request of another.
 */
export class Engine implements EngineLookup {
  private readonly agent = new http.Agent({ keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS });

  constructor(private readonly socketPath: string) {}

  /** Begins a request; the caller writes its body and ends or destroys it. */
  request({ method, target, headers, shared = false }: EngineRequest): http.ClientRequest {
    const request = { method, path: target, setHost: false, headers: { Host: "docker", ...headers } };
    if (shared) return http.request({ ...request, agent: this.agent, socketPath: this.socketPath });
    return http.request({
      ...request,
      // Half-open, because a process in a container may end its output before it has read its input.
      createConnection: () => net.connect({ path: this.socketPath, allowHalfOpen: true, noDelay: true }),
    });
  }

  /** Lets idle connections go. */
  close(): void {
    this.agent.destroy();
  }

  /** @throws EngineUnreachable */
  get(path: string): Promise<EngineAnswer> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => reject(new EngineUnreachable(error));
      const headers = { Accept: "application/json" };
      const asked = this.request({ method: "GET", target: path, headers, shared: true });
      asked.setTimeout(LOOKUP_TIMEOUT_MS, () =>
        asked.destroy(new Error(`no answer in ${LOOKUP_TIMEOUT_MS / 1000} s`)),
      );
      asked.on("error", fail);
      asked.on("response", (answer) => {
        readWhole(answer, LARGEST_LOOKUP_BYTES).then(
          (text) => resolve({ status: answer.statusCode ?? 0, body: jsonOrText(text.toString("utf8")) }),
          fail,
        );
      });
      asked.end();
    });
  }
}

/**
 * Reads a whole answer of the engine.
 * @throws Error when it is longer than `maximumBytes` or breaks off.
 */
export async function readWhole(answer: http.IncomingMessage, maximumBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new Error(`the engine's answer is longer than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
