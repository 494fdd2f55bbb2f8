import { EventEmitter } from "node:events";
import { Client } from "pg";
import { log } from "../../shared/log";
import { parseSnapshot, SNAPSHOT_QUERY, type IdentitySnapshot } from "./snapshot";

/** How often the revision is read; together with one query it is well below the promised second. */
const POLL_MS = 500;
/** A database that hangs is one that does not answer. */
const ANSWER_TIMEOUT_MS = 3_000;
/** Above this age a request first waits for the poll under way, so that a gateway that was paused does not decide on old news. */
const FRESH_MS = 1_000;
const WAIT_FOR_FRESH_MS = 500;
const CHANNEL = "berth_identity";

export interface DatabaseAddress {
  host: string;
  port: number;
  name: string;
  user: string;
  password: string;
  /** After this long without an answer nobody is let in. */
  maximumSilenceSeconds: number;
}

/**
 * Follows the onboarding service's database: polls its revision, listens for its notifications, and holds the identities of the last
 * revision in memory, so that a request costs no query. Emits `change` with each new snapshot.
 */
export class IdentitySource extends EventEmitter<{ change: [IdentitySnapshot] }> {
  private client: Client | undefined;
  private current: IdentitySnapshot | undefined;
  private lastSuccessMs = -Infinity;
  private failure = "the database has not been asked yet";
  private polling: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly address: DatabaseAddress) {
    super();
  }

  /** The last known identities; undefined before the first answer. */
  get snapshot(): IdentitySnapshot | undefined {
    return this.current;
  }

  /** Milliseconds since the database last confirmed what is known. */
  get ageMs(): number {
    return performance.now() - this.lastSuccessMs;
  }

  /** Why nobody may be let in now; undefined while the identities are recent enough. */
  get problem(): string | undefined {
    if (this.current !== undefined && this.ageMs <= this.address.maximumSilenceSeconds * 1000)
      return undefined;
    const since = this.current === undefined ? "since the start" : `for ${Math.round(this.ageMs / 1000)} s`;
    return `the identity database has not answered ${since}: ${this.failure}`;
  }

  start(): void {
    void this.poll();
  }

  /** Resolves soon: at once where the identities are fresh, else after the poll under way, or half a second at most. */
  async fresh(): Promise<void> {
    if (this.ageMs <= FRESH_MS) return;
    await withinMs(this.poll(), WAIT_FOR_FRESH_MS);
  }

  /** Asks the database now: for a certificate so new that the notification of it may still be on its way. */
  async askAgain(): Promise<void> {
    await this.polling;
    await withinMs(this.poll(), WAIT_FOR_FRESH_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
    await this.disconnect();
  }

  /** One poll at a time: whoever asks during one gets that one. */
  private poll(): Promise<void> {
    this.polling ??= this.pollOnce().finally(() => {
      this.polling = undefined;
      clearTimeout(this.timer);
      if (!this.stopped) this.timer = setTimeout(() => void this.poll(), POLL_MS);
    });
    return this.polling;
  }

  private async pollOnce(): Promise<void> {
    const startedMs = performance.now();
    try {
      const client = (this.client ??= await this.connect());
      const { rows } = await client.query<{ revision: string }>(
        "SELECT revision::text FROM gateway_revision",
      );
      if (this.current === undefined || rows[0]?.revision !== this.current.revision) {
        this.current = parseSnapshot((await client.query(SNAPSHOT_QUERY)).rows[0]);
        this.emit("change", this.current);
      }
      if (this.problem !== undefined)
        log("info", "the identity database answers", { revision: this.current.revision });
      this.lastSuccessMs = startedMs;
    } catch (error) {
      const failure = (error as Error).message || String(error);
      if (failure !== this.failure) log("warn", "the identity database does not answer", { error: failure });
      this.failure = failure;
      await this.disconnect();
    }
  }

  private async connect(): Promise<Client> {
    const { host, port, name, user, password } = this.address;
    const client = new Client({
      ...{ host, port, user, password, database: name, application_name: "berth-gateway" },
      ...{ connectionTimeoutMillis: ANSWER_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS, keepAlive: true },
    });
    // The next poll meets the lost connection and reports it; without a listener the error would end the process.
    client.on("error", () => undefined);
    client.on("notification", () => void this.poll());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  private async disconnect(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // A hung server would never answer the farewell.
    if (client !== undefined)
      await withinMs(
        client.end().catch(() => undefined),
        WAIT_FOR_FRESH_MS,
      );
  }
}

async function withinMs(work: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
