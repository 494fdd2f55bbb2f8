import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { readWhole } from "../engine/engine";
import type { AnswerRule } from "../rules/types";
import { headersForCaller } from "./headers";
import { changedJson, JsonLines } from "./json-lines";

/** Answers that are rewritten are read whole first. */
const LARGEST_JSON_BYTES = 64 * 1024 * 1024;

/**
 * Sends the engine's answer to the caller as the rule says.
 * @throws Error when either side breaks off; before anything was sent also when the answer is not what the rule expects.
 */
export async function sendAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  rule: AnswerRule,
): Promise<void> {
  const status = answer.statusCode ?? 502;
  const succeeded = status >= 200 && status < 300 && response.req.method !== "HEAD";
  if (succeeded && rule !== "pass" && "json" in rule) return sendJson(answer, response, rule.json);
  const lines =
    succeeded && rule !== "pass" && "jsonLines" in rule ? new JsonLines(rule.jsonLines) : undefined;
  const hasEnd = "content-length" in answer.headers || "transfer-encoding" in answer.headers;
  if (!hasEnd) {
    // The engine's raw streams end with their connection, and so they must here.
    response.shouldKeepAlive = false;
    response.useChunkedEncodingByDefault = false;
  }
  response.writeHead(
    status,
    answer.statusMessage,
    headersForCaller(answer, { rewritten: lines !== undefined }),
  );
  // Clients wait for the headers of a stream whose first byte may be hours away.
  if (answer.headers["content-length"] === undefined) response.flushHeaders();
  if (lines !== undefined) await pipeline(answer, lines, response);
  else await pipeline(answer, response);
}

async function sendJson(
  answer: IncomingMessage,
  response: ServerResponse,
  change: (body: unknown) => unknown,
): Promise<void> {
  const text = (await readWhole(answer, LARGEST_JSON_BYTES)).toString("utf8");
  const changed = text.trim() === "" ? text : (changedJson(text, change) ?? "");
  const body = Buffer.from(changed);
  const headers = headersForCaller(answer, { rewritten: true });
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, [
    ...headers,
    "Content-Length",
    String(body.length),
  ]);
  response.end(body);
}
