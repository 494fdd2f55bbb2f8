import type { IncomingMessage, Server } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { logError } from "./log.js";
import type { Order } from "./store/shop-store.js";

/** What the feed tells its listeners, as JSON text. */
export interface OrderEvent {
  type: "order-placed" | "order-cancelled";
  order: Order;
}

const MESSAGE_LIMIT_BYTES = 4 * 1024;
const PING_INTERVAL_MS = 30_000;

/**
 * A WebSocket at /events. Every listener gets every order event; a text message from a listener comes back to it unchanged, so that a
 * client can tell a quiet shop from a dead connection.
 */
export class OrderFeed {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_LIMIT_BYTES });
  private readonly alive = new WeakSet<WebSocket>();
  private readonly pings = setInterval(() => this.dropSilentListeners(), PING_INTERVAL_MS);

  constructor(http: Server) {
    http.on("upgrade", (request, socket, head) => {
      socket.on("error", (error) => logError("a connection broke while it was upgraded", error));
      const refusal = refusalOf(request);
      if (refusal !== undefined) {
        socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      this.server.handleUpgrade(request, socket, head, (listener) => this.welcome(listener));
    });
  }

  publish(event: OrderEvent): void {
    const text = JSON.stringify(event);
    for (const listener of this.server.clients) {
      if (listener.readyState === WebSocket.OPEN) listener.send(text);
    }
  }

  /** Says goodbye to all listeners; those that do not answer within a second are cut off. */
  async close(): Promise<void> {
    clearInterval(this.pings);
    for (const listener of this.server.clients) listener.close(1001, "the shop stops");
    const cut = setTimeout(() => {
      for (const listener of this.server.clients) listener.terminate();
    }, 1_000);
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    clearTimeout(cut);
  }

  private welcome(listener: WebSocket): void {
    this.alive.add(listener);
    listener.on("pong", () => this.alive.add(listener));
    listener.on("message", (data, isBinary) => listener.send(data, { binary: isBinary }));
    listener.on("error", (error) => logError("a listener's connection broke", error));
  }

  private dropSilentListeners(): void {
    for (const listener of this.server.clients) {
      if (!this.alive.delete(listener)) listener.terminate();
      else listener.ping();
    }
  }
}

function refusalOf(request: IncomingMessage): string | undefined {
  if (!/^\/events(\?|$)/.test(request.url ?? "")) return "404 Not Found";
  // Browsers do not keep other sites from opening a WebSocket: without this, any page could listen to the orders.
  const { origin, host } = request.headers;
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host))
    return "403 Forbidden";
  return undefined;
}
