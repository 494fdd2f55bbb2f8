import * as fs from "node:fs";

const ESTABLISHED = "01";

/** Remote ends of the established connections to one of this machine's ports, from the kernel's tables (proc(5), /proc/net/tcp). */
export function connectionsTo(port: number, tables: string[]): string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, "0");
  return tables.flatMap((table) =>
    table
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, local, , state]) => state === ESTABLISHED && local?.endsWith(`:${hexPort}`))
      .map(([, , remote]) => remote ?? ""),
  );
}

/** The kernel's tables of this container; one without IPv6 has one. */
export function connectionTables(): string[] {
  return ["/proc/net/tcp", "/proc/net/tcp6"]
    .filter((file) => fs.existsSync(file))
    .map((file) => fs.readFileSync(file, "latin1"));
}

/**
 * Counts connections that were there at the look before too: who only asks whether something answers, as a platform's checks do, is gone
 * by then.
 */
export class LastingConnections {
  #before = new Set<string>();

  constructor(private readonly ports: { port: number; what: string }[]) {}

  /** Such as `2 connections to SSH`. */
  look(tables: string[]): string[] {
    const now = new Set<string>();
    const found = this.ports.flatMap(({ port, what }) => {
      const all = connectionsTo(port, tables).map((remote) => `${remote}>${port}`);
      all.forEach((connection) => now.add(connection));
      const lasting = all.filter((connection) => this.#before.has(connection)).length;
      return lasting === 0 ? [] : [`${lasting} ${lasting === 1 ? "connection" : "connections"} to ${what}`];
    });
    this.#before = now;
    return found;
  }
}
