import type pg from "pg";
import { inTransaction } from "./database.js";

/** Any number that no other program uses on this database: it keeps two starting shops from migrating at once. */
const MIGRATION_LOCK = 7_340_001;

/** In order, never edited once released: a change of the tables is a new entry at the end. */
const migrations: { name: string; sql: string }[] = [
  {
    name: "001-products-and-orders",
    sql: `
      CREATE TABLE products (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL UNIQUE CHECK (name <> ''),
        price_cents integer NOT NULL CHECK (price_cents >= 0),
        stock integer NOT NULL CHECK (stock >= 0)
      );
      CREATE TABLE orders (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        product_id integer NOT NULL REFERENCES products (id),
        quantity integer NOT NULL CHECK (quantity > 0),
        customer text NOT NULL CHECK (customer <> ''),
        total_cents integer NOT NULL CHECK (total_cents >= 0),
        status text NOT NULL DEFAULT 'placed' CHECK (status IN ('placed', 'cancelled')),
        placed_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX orders_newest ON orders (placed_at DESC, id DESC);
    `,
  },
  {
    name: "002-first-products",
    sql: `
      INSERT INTO products (name, price_cents, stock) VALUES
        ('Anchor', 24900, 12),
        ('Compass', 5900, 40),
        ('Mooring line, 10 m', 1850, 200);
    `,
  },
];

/** Brings the tables up to date and returns the names of the migrations that ran. Safe to call from several processes at once. */
export async function migrate(pool: pg.Pool): Promise<string[]> {
  return inTransaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(
      "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
    );
    const { rows } = await client.query<{ name: string }>("SELECT name FROM migrations");
    const applied = new Set(rows.map((row) => row.name));
    const missing = migrations.filter(({ name }) => !applied.has(name));
    for (const { name, sql } of missing) {
      await client.query(sql);
      await client.query("INSERT INTO migrations (name) VALUES ($1)", [name]);
    }
    return missing.map(({ name }) => name);
  });
}
