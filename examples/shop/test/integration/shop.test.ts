import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import type pg from "pg";
import { WebSocket } from "ws";
import { findDatabaseUrl } from "../../src/config.js";
import { startShop, type RunningShop } from "../../src/server.js";
import { openDatabase } from "../../src/store/database.js";
import { migrate } from "../../src/store/migrations.js";
import type { OrderEvent } from "../../src/order-feed.js";
import type { Order, Product } from "../../src/store/shop-store.js";

const url = findDatabaseUrl(process.env);
const skip = url === undefined ? "needs Postgres: set DATABASE_URL or DATABASE_URL_FILE" : false;

// A schema of its own keeps the test away from the orders of the shop whose database it uses.
const schema = `shop_test_${randomBytes(4).toString("hex")}`;
let pool: pg.Pool;
let shop: RunningShop;
let base: string;

async function call<T>(path: string, method = "GET", body?: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(base + path, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T };
}

async function anchor(): Promise<Product> {
  const { body } = await call<{ products: Product[] }>("/api/products");
  const found = body.products.find((product) => product.name === "Anchor");
  assert.ok(found);
  return found;
}

async function order(
  quantity: number,
  productId?: number,
): Promise<{ status: number; body: { order: Order; error: string } }> {
  return call("/api/orders", "POST", {
    productId: productId ?? (await anchor()).id,
    quantity,
    customer: "Ada",
  });
}

async function listen(
  path = "/events",
  origin?: string,
): Promise<{ socket: WebSocket; next: () => Promise<string> }> {
  const socket = new WebSocket(base.replace("http", "ws") + path, { origin });
  const messages: string[] = [];
  socket.on("message", (data: Buffer) => messages.push(data.toString("utf8")));
  await once(socket, "open");
  const next = async (): Promise<string> => {
    while (messages.length === 0) await once(socket, "message");
    return messages.shift() ?? "";
  };
  return { socket, next };
}

describe("the shop on Postgres", { skip, timeout: 30_000 }, () => {
  before(async () => {
    pool = openDatabase(url ?? "", schema);
    await pool.query(`CREATE SCHEMA ${schema}`);
    await migrate(pool);
    shop = await startShop(pool, 0);
    base = `http://127.0.0.1:${shop.port}`;
  });

  after(async () => {
    await shop.close();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });

  it("migrates once, however many start", async () => {
    const again = await Promise.all([migrate(pool), migrate(pool)]);
    assert.deepEqual(again, [[], []]);
  });

  it("is healthy", async () => {
    assert.equal((await call("/health")).status, 200);
  });

  it("takes an order out of stock and lists it first", async () => {
    const before = await anchor();
    const placed = await order(2);
    assert.equal(placed.status, 201);
    assert.equal(placed.body.order.totalCents, 2 * before.priceCents);
    assert.equal((await anchor()).stock, before.stock - 2);
    const { body } = await call<{ orders: Order[] }>("/api/orders?limit=1");
    assert.deepEqual(body.orders, [placed.body.order]);
  });

  it("gives the last pieces to one of two buyers", async () => {
    const { stock } = await anchor();
    const answers = await Promise.all([order(stock), order(stock)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
    assert.equal((await anchor()).stock, 0);
    const winner = answers.find(({ status }) => status === 201);
    await call(`/api/orders/${winner?.body.order.id}/cancel`, "POST");
    assert.equal((await anchor()).stock, stock);
  });

  it("cancels an order once", async () => {
    const { body } = await order(1);
    assert.equal((await call(`/api/orders/${body.order.id}/cancel`, "POST")).status, 200);
    assert.equal((await call(`/api/orders/${body.order.id}/cancel`, "POST")).status, 409);
  });

  it("names what is unknown or wrong", async () => {
    assert.equal((await order(1, 999_999)).status, 404);
    assert.equal((await call("/api/orders/999999/cancel", "POST")).status, 404);
    assert.equal((await order(0)).status, 400);
    assert.equal((await fetch(`${base}/api/orders`, { method: "POST", body: "{" })).status, 400);
    assert.equal(
      (await fetch(`${base}/api/orders`, { method: "POST", body: "x".repeat(70_000) })).status,
      400,
    );
    assert.equal((await call("/nothing")).status, 404);
  });

  it("serves its page", async () => {
    const response = await fetch(`${base}/`);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<h1>/);
  });

  it("tells every listener about an order", async () => {
    const listeners = await Promise.all([listen(), listen()]);
    const { body } = await order(1);
    for (const { socket, next } of listeners) {
      assert.deepEqual(JSON.parse(await next()) as OrderEvent, { type: "order-placed", order: body.order });
      socket.close();
    }
  });

  it("sends a listener's own message back", async () => {
    const { socket, next } = await listen();
    socket.send("echo:hello");
    assert.equal(await next(), "echo:hello");
    socket.close();
  });

  it("lets no other site and no other path listen", async () => {
    await assert.rejects(listen("/events", "https://elsewhere.example"), /403/);
    await assert.rejects(listen("/other"), /404/);
    const own = await listen("/events", base);
    own.socket.close();
  });

  it("says goodbye to its listeners when it closes", async () => {
    const second = await startShop(pool, 0);
    const socket = new WebSocket(`ws://127.0.0.1:${second.port}/events`);
    await once(socket, "open");
    const closed = once(socket, "close");
    await second.close();
    assert.equal((await closed)[0], 1001);
  });
});
