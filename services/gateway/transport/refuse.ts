import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Refusal } from "../rules/types";

/** How long a caller may go on sending a body that is thrown away, so that it reads the refusal before the connection ends. */
const DISCARD_MS = 5_000;

/** Sends a refusal as the engine sends its errors, which is how the docker command shows it. */
export function sendRefusal(response: ServerResponse, { status, message }: Refusal): void {
  const { req: request } = response;
  if (response.headersSent || response.destroyed) {
    request.socket.destroy();
    return;
  }
  const body = Buffer.from(`${JSON.stringify({ message })}\n`);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), DISCARD_MS).unref();
  request.once("close", () => clearTimeout(timer));
}

/** How long the caller of a request that is taken away has to read why. */
const CUT_MS = 1_000;

/** Ends a connection; a caller that has no answer yet is told why. */
export function sendCut(response: ServerResponse, refusal: Refusal): void {
  const { socket } = response.req;
  if (response.headersSent || response.socket === null) {
    socket.destroy();
    return;
  }
  response.shouldKeepAlive = false;
  sendRefusal(response, refusal);
  setTimeout(() => socket.destroy(), CUT_MS).unref();
}

/** A refusal where there is no response to write to, because what came was no request; ends the connection. */
export function refuseRaw(socket: Socket, status: number, phrase: string, message: string): void {
  const body = `${JSON.stringify({ message })}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), DISCARD_MS).unref();
}
