import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Refusal, RoutePlan } from "../rules/types";

/** A body that is read whole is small; whoever sends it slower than this only holds a connection. */
const BODY_TIMEOUT_MS = 30_000;

/** A chunked body with nothing in it (RFC 9112, 7.1), as dockerode sends before a change of protocol. */
const NO_CHUNKS = Buffer.from("0\r\n\r\n");
const CHUNKS_BEFORE_UPGRADE =
  "this is no request of a Docker client: a chunked body before a change of protocol must be empty; send one with Content-Length";

/** A request whose body must not be taken. */
export class BodyRefused extends Error {
  readonly refusal: Refusal;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = "BodyRefused";
    this.refusal = { kind: "refusal", status, reason, message };
  }
}

/**
 * The body of a plain request as far as it must be known before the decision: whole for `json`, nothing otherwise.
 * @throws BodyRefused when there is one where none may be, or one that is too long or too slow.
 */
export async function readBody(request: IncomingMessage, plan: RoutePlan): Promise<Buffer | undefined> {
  if (plan.body === "stream") return undefined;
  const maximumBytes = checkLength(request, plan);
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maximumBytes) throw tooLong(plan, maximumBytes);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return plan.body === "json" ? Buffer.concat(chunks) : undefined;
}

/**
 * The body of a request that changes the protocol. Node stops reading at its headers, so the body is the first bytes that follow; what
 * comes after belongs to the new protocol and stays in the socket. A chunked one is taken where it is empty: its end is then known.
 * @throws BodyRefused as `readBody`, and when it breaks off.
 */
export async function readBodyBeforeUpgrade(
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
  plan: RoutePlan,
): Promise<Buffer | undefined> {
  checkLength(request, plan);
  if (head.length > 0) socket.unshift(head);
  const chunked = request.headers["transfer-encoding"] !== undefined;
  const length = chunked ? NO_CHUNKS.length : Number(request.headers["content-length"] ?? 0);
  if (length === 0) return plan.body === "json" ? Buffer.alloc(0) : undefined;
  const timer = setTimeout(() => socket.destroy(), BODY_TIMEOUT_MS);
  try {
    const body = await readExactly(socket, length);
    if (!chunked) return body;
    if (!body.equals(NO_CHUNKS)) throw new BodyRefused(400, "malformed", CHUNKS_BEFORE_UPGRADE);
    return plan.body === "json" ? Buffer.alloc(0) : undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function readExactly(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const body = socket.read(length) as Buffer | null;
    if (body?.length === length) return body;
    if (body !== null || socket.readableEnded || socket.destroyed) {
      throw new BodyRefused(400, "malformed", "the request's body ends before its end");
    }
    await Promise.race([once(socket, "readable"), once(socket, "close")]);
  }
}

function checkLength(request: IncomingMessage, plan: RoutePlan): number {
  const maximumBytes = plan.body === "json" ? plan.maximumBodyBytes : 0;
  if (Number(request.headers["content-length"] ?? 0) > maximumBytes) throw tooLong(plan, maximumBytes);
  return maximumBytes;
}

function tooLong(plan: RoutePlan, maximumBytes: number): BodyRefused {
  return plan.body === "none"
    ? new BodyRefused(400, "body-not-allowed", `${plan.name} takes no body: send it without one`)
    : new BodyRefused(413, "body-too-large", `${plan.name} takes at most ${maximumBytes} bytes of body`);
}
