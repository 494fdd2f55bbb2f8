import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Allow } from "../rules/types";

/** What of a caller's headers the engine gets; registry logins never pass. */
const TO_ENGINE = ["accept", "content-type", "user-agent"];

/** Belongs to one connection (RFC 9110 section 7.6.1), so it is made anew for the other. */
const HOP_BY_HOP = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer"],
  ...["transfer-encoding", "upgrade"],
]);

/** How the request's body reaches the engine. */
export type BodyFraming = { bytes: number } | "chunked" | "none";

/** The headers of the request to the engine: a few of the caller's, what the rules say, and our own framing. */
export function headersForEngine(
  request: IncomingMessage,
  allow: Allow,
  framing: BodyFraming,
  connection: "upgrade" | "shared" | "own",
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const name of TO_ENGINE) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  if (allow.body !== undefined) headers["content-type"] = "application/json";
  for (const [name, value] of Object.entries(allow.headers)) {
    delete headers[name.toLowerCase()];
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  for (const name of HOP_BY_HOP) delete headers[name];
  delete headers["content-length"];
  if (framing === "chunked") headers["transfer-encoding"] = "chunked";
  else if (framing !== "none") headers["content-length"] = framing.bytes;
  if (connection === "upgrade") return { ...headers, connection: "Upgrade", upgrade: "tcp" };
  // Node says by itself that a shared one stays.
  return connection === "shared" ? headers : { ...headers, connection: "close" };
}

/** The engine's answer's headers as name, value, name, value, for the caller. */
export function headersForCaller(answer: IncomingMessage, options: { rewritten: boolean }): string[] {
  const { rawHeaders } = answer;
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index]!, rawHeaders[index + 1]!];
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || (options.rewritten && key === "content-length")) continue;
    // By this header clients choose a builder, and only the classic one can be checked.
    headers.push(name, key === "builder-version" ? "1" : value);
  }
  return headers;
}
