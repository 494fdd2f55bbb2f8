import type pg from "pg";
import { Conflict, NotFound } from "../errors.js";
import { inTransaction } from "./database.js";

export interface Product {
  id: number;
  name: string;
  priceCents: number;
  stock: number;
}

export interface Order {
  id: number;
  productId: number;
  quantity: number;
  customer: string;
  totalCents: number;
  status: "placed" | "cancelled";
  placedAt: string;
}

export interface NewOrder {
  productId: number;
  quantity: number;
  customer: string;
}

const ORDER_COLUMNS = `id, product_id AS "productId", quantity, customer, total_cents AS "totalCents", status, placed_at AS "placedAt"`;

/** Products and orders in Postgres. Stock never goes below zero, whatever happens at the same time. */
export class ShopStore {
  constructor(private readonly pool: pg.Pool) {}

  async isReachable(): Promise<boolean> {
    try {
      await this.pool.query("SELECT 1");
      return true;
    } catch {
      return false;
    }
  }

  async products(): Promise<Product[]> {
    const { rows } = await this.pool.query<Product>(
      `SELECT id, name, price_cents AS "priceCents", stock FROM products ORDER BY name`,
    );
    return rows;
  }

  async orders(limit: number): Promise<Order[]> {
    const { rows } = await this.pool.query<OrderRow>(
      `SELECT ${ORDER_COLUMNS} FROM orders ORDER BY placed_at DESC, id DESC LIMIT $1`,
      [limit],
    );
    return rows.map(toOrder);
  }

  /**
   * Takes the quantity out of stock and records the order.
   * @throws NotFound for an unknown product, Conflict when too little is in stock.
   */
  async placeOrder({ productId, quantity, customer }: NewOrder): Promise<Order> {
    return inTransaction(this.pool, async (client) => {
      // One statement checks and takes: two buyers of the last piece cannot both win.
      const taken = await client.query<{ priceCents: number }>(
        `UPDATE products SET stock = stock - $2 WHERE id = $1 AND stock >= $2 RETURNING price_cents AS "priceCents"`,
        [productId, quantity],
      );
      const product = taken.rows[0];
      if (product === undefined) throw await whyNotTaken(client, productId, quantity);
      const { rows } = await client.query<OrderRow>(
        `INSERT INTO orders (product_id, quantity, customer, total_cents) VALUES ($1, $2, $3, $4) RETURNING ${ORDER_COLUMNS}`,
        [productId, quantity, customer, product.priceCents * quantity],
      );
      return toOrder(rows[0]);
    });
  }

  /**
   * Cancels the order and puts its quantity back into stock.
   * @throws NotFound for an unknown order, Conflict for one that is already cancelled.
   */
  async cancelOrder(id: number): Promise<Order> {
    return inTransaction(this.pool, async (client) => {
      const { rows } = await client.query<OrderRow>(
        `UPDATE orders SET status = 'cancelled' WHERE id = $1 AND status = 'placed' RETURNING ${ORDER_COLUMNS}`,
        [id],
      );
      if (rows[0] === undefined) {
        const known = await client.query("SELECT 1 FROM orders WHERE id = $1", [id]);
        throw known.rowCount === 0
          ? new NotFound(`There is no order ${id}.`)
          : new Conflict(`Order ${id} is already cancelled.`);
      }
      const order = toOrder(rows[0]);
      await client.query("UPDATE products SET stock = stock + $2 WHERE id = $1", [
        order.productId,
        order.quantity,
      ]);
      return order;
    });
  }
}

type OrderRow = Omit<Order, "placedAt"> & { placedAt: Date };

function toOrder(row: OrderRow | undefined): Order {
  if (row === undefined) throw new Error("Postgres returned no row for an order it has written");
  return { ...row, placedAt: row.placedAt.toISOString() };
}

async function whyNotTaken(client: pg.PoolClient, productId: number, quantity: number): Promise<Error> {
  const { rows } = await client.query<{ name: string; stock: number }>(
    "SELECT name, stock FROM products WHERE id = $1",
    [productId],
  );
  const product = rows[0];
  if (product === undefined) return new NotFound(`There is no product ${productId}.`);
  return new Conflict(`Only ${product.stock} of "${product.name}" left, ${quantity} asked for.`);
}
