import type { ServerResponse } from "node:http";
import type { OwnAnswer, Refusal } from "../rules/types";
import type { Exchange } from "../transport/exchange";

/** Does what was asked, once the audit log has it, and sends the answer; what is refused then comes back. */
export async function sendOwnAnswer(
  exchange: Exchange,
  response: ServerResponse,
  { object, answer }: OwnAnswer,
): Promise<Refusal | undefined> {
  if (exchange.gone) return undefined;
  exchange.begin(object);
  const result = await answer();
  // Whoever was cut off meanwhile has been told why.
  if (exchange.gone) return undefined;
  if ("kind" in result) return result;
  exchange.answered(200);
  const body = Buffer.from(`${JSON.stringify(result.body)}\n`);
  response.writeHead(200, {
    "Content-Type": "application/json",
    "Content-Length": body.length,
    // It may hold a password.
    "Cache-Control": "no-store",
  });
  response.end(body);
  return undefined;
}
