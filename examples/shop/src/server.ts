import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type pg from "pg";
import { createRouter } from "./http/router.js";
import { OrderFeed } from "./order-feed.js";
import { ShopStore } from "./store/shop-store.js";

/** A shop that listens. */
export interface RunningShop {
  port: number;
  /** Finishes what has begun, then closes; the pool stays its owner's. */
  close(): Promise<void>;
}

/** Starts the shop on a database whose migrations have run. */
export async function startShop(pool: pg.Pool, port: number): Promise<RunningShop> {
  const http: Server = createServer();
  const feed = new OrderFeed(http);
  http.on("request", createRouter(new ShopStore(pool), feed));
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(port, () => resolve());
  });
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeIdleConnections();
      await feed.close();
      await closed;
    },
  };
}
