import { createReadStream } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { NotFound, statusOf } from "../errors.js";
import { logError } from "../log.js";
import type { OrderFeed } from "../order-feed.js";
import type { ShopStore } from "../store/shop-store.js";
import { parseLimit, parseNewOrder, parseUrl, readJson } from "./requests.js";

/** The page's files by path. Read at each request, so an edit shows at once. */
const pages: Record<string, { file: string; type: string }> = {
  "/": { file: "index.html", type: "text/html; charset=utf-8" },
  "/page.js": { file: "page.js", type: "text/javascript; charset=utf-8" },
  "/page.css": { file: "page.css", type: "text/css; charset=utf-8" },
};
const publicFolder = new URL("../../public/", import.meta.url);

/** Answers the shop's HTTP requests; every change of an order goes out on the feed. */
export function createRouter(store: ShopStore, feed: OrderFeed): RequestListener {
  return (request, response) => {
    answer(request, response, store, feed).catch((error: unknown) => {
      const status = statusOf(error);
      if (status === 500) logError(`${request.method} ${request.url} failed`, error);
      const message = status === 500 ? "Something went wrong on our side." : (error as Error).message;
      // A body that was not read to its end would be taken for the next request.
      if (!request.complete) response.setHeader("Connection", "close");
      sendJson(response, status, { error: message });
    });
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  store: ShopStore,
  feed: OrderFeed,
): Promise<void> {
  const url = parseUrl(request.url);
  const cancelled = /^\/api\/orders\/([0-9]{1,9})\/cancel$/.exec(url.pathname);
  const page = pages[url.pathname];
  const method = request.method === "HEAD" ? "GET" : request.method;

  if (method === "GET" && url.pathname === "/health") {
    const reachable = await store.isReachable();
    sendJson(response, reachable ? 200 : 503, { status: reachable ? "ok" : "the database does not answer" });
  } else if (method === "GET" && page !== undefined) {
    await sendPage(response, page);
  } else if (method === "GET" && url.pathname === "/api/products") {
    sendJson(response, 200, { products: await store.products() });
  } else if (method === "GET" && url.pathname === "/api/orders") {
    sendJson(response, 200, { orders: await store.orders(parseLimit(url.searchParams.get("limit"))) });
  } else if (method === "POST" && url.pathname === "/api/orders") {
    const order = await store.placeOrder(parseNewOrder(await readJson(request)));
    feed.publish({ type: "order-placed", order });
    sendJson(response, 201, { order });
  } else if (method === "POST" && cancelled !== null) {
    const order = await store.cancelOrder(Number(cancelled[1]));
    feed.publish({ type: "order-cancelled", order });
    sendJson(response, 200, { order });
  } else {
    throw new NotFound(`The shop has nothing for ${request.method} ${url.pathname}.`);
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
  });
  response.end(`${JSON.stringify(body)}\n`);
}

async function sendPage(response: ServerResponse, page: { file: string; type: string }): Promise<void> {
  const stream = createReadStream(fileURLToPath(new URL(page.file, publicFolder)));
  await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
  stream.on("error", (error) => {
    logError(`reading ${page.file} failed`, error);
    response.destroy();
  });
  response.writeHead(200, {
    "Content-Type": page.type,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
  });
  stream.pipe(response);
}
