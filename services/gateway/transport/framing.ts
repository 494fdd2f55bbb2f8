import type { IncomingMessage } from "node:http";
import type { Refusal } from "../rules/types";

/** No Docker client sends more than a dozen; the header block as a whole is limited by the server. */
const MOST_HEADERS = 100;
/** With two of these, two readers of one request could see two different requests. */
const ONCE = [
  "host",
  "content-length",
  "transfer-encoding",
  "content-type",
  "expect",
  "upgrade",
  "connection",
];

/** Header names in lower case to values; one that was sent twice is a list. */
export function headersOf(request: IncomingMessage): Record<string, string | string[] | undefined> {
  const headers: Record<string, string | string[] | undefined> = Object.create(null) as Record<
    string,
    undefined
  >;
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index]!.toLowerCase();
    const value = request.rawHeaders[index + 1]!;
    const before = headers[name];
    headers[name] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/**
 * Checks what the parser (llhttp, strict) leaves open: the request must be one that every reader understands alike.
 * @param upgraded whether the caller asked for another protocol
 */
export function framingProblem(request: IncomingMessage, upgraded: boolean): Refusal | undefined {
  const refuse = (status: number, message: string): Refusal => ({
    ...{
      kind: "refusal",
      status,
      message: `this is no request of a Docker client: ${message}`,
      reason: "malformed",
    },
  });
  if (request.httpVersion !== "1.1") return refuse(505, "the gateway speaks HTTP/1.1");
  if (request.rawHeaders.length / 2 > MOST_HEADERS) return refuse(431, `more than ${MOST_HEADERS} headers`);
  if (!request.url?.startsWith("/")) return refuse(400, "the request line must name a path");
  const headers = headersOf(request);
  const twice = ONCE.find((name) => Array.isArray(headers[name]));
  if (twice !== undefined) return refuse(400, `the header ${twice} is there twice`);
  const { "transfer-encoding": encoding, "content-length": length, upgrade } = headers;
  if (encoding !== undefined && length !== undefined)
    return refuse(400, "Content-Length and Transfer-Encoding together");
  if (encoding !== undefined && encoding !== "chunked")
    return refuse(400, "a Transfer-Encoding other than chunked");
  if (length !== undefined && !/^\d{1,15}$/.test(length as string))
    return refuse(400, "Content-Length is no number");
  if (!upgraded && upgrade !== undefined) return refuse(400, "Upgrade without Connection: Upgrade");
  if (upgraded && upgrade !== "tcp") return refuse(400, "the only protocol to change to is tcp");
  return undefined;
}
