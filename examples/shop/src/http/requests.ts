import type { IncomingMessage } from "node:http";
import { BadRequest } from "../errors.js";
import type { NewOrder } from "../store/shop-store.js";

const BODY_LIMIT_BYTES = 64 * 1024;
const QUANTITY_LIMIT = 1_000;
const CUSTOMER_LIMIT_CHARS = 100;
const ORDERS_LIMIT = 100;
/** The largest number Postgres's integer holds. */
const INTEGER_LIMIT = 2_147_483_647;

/**
 * Reads the path and query of a request line.
 * @throws BadRequest for what is no path.
 */
export function parseUrl(requestTarget: string | undefined): URL {
  const text = `http://shop${requestTarget ?? "/"}`;
  if (!URL.canParse(text)) throw new BadRequest("The request names no path.");
  return new URL(text);
}

/**
 * Reads a JSON body.
 * @throws BadRequest when it is too long or not JSON.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new BadRequest(`The body is longer than ${BODY_LIMIT_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new BadRequest("The body is not JSON.");
  }
}

/**
 * Checks an order from a stranger.
 * @throws BadRequest naming all that is wrong with it.
 */
export function parseNewOrder(body: unknown): NewOrder {
  const { productId, quantity, customer } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const problems: string[] = [];
  if (!isWholeNumber(productId, INTEGER_LIMIT)) problems.push("productId must be a product's number");
  if (!isWholeNumber(quantity, QUANTITY_LIMIT)) {
    problems.push(`quantity must be a whole number from 1 to ${QUANTITY_LIMIT}`);
  }
  const name = typeof customer === "string" ? customer.trim() : "";
  // Postgres refuses a zero byte in text.
  if (name === "" || name.length > CUSTOMER_LIMIT_CHARS || name.includes("\0")) {
    problems.push(`customer must be a name of 1 to ${CUSTOMER_LIMIT_CHARS} characters`);
  }
  if (problems.length > 0) throw new BadRequest(`${problems.join("; ")}.`);
  return { productId: productId as number, quantity: quantity as number, customer: name };
}

/** How many orders a list may hold: `limit` from the query, 20 when absent. Throws BadRequest for anything but 1 to 100. */
export function parseLimit(text: string | null): number {
  if (text === null) return 20;
  const limit = Number(text);
  if (!isWholeNumber(limit, ORDERS_LIMIT)) {
    throw new BadRequest(`limit must be a whole number from 1 to ${ORDERS_LIMIT}.`);
  }
  return limit;
}

function isWholeNumber(value: unknown, largest: number): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largest;
}
