import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import { Refusal } from "./refusal";
import type { OnboardingSettings } from "./settings";
import { DatabaseUnavailable, type Database } from "./store/database";

const MINUTE_SECONDS = 60;

/** What is counted by itself: who has no certificate must not use up the tries of who has. */
export type LimitedAction = "issue" | "renew";

/** Counts tries by address and overall, in the database, so that all replicas count together. */
export class Limits {
  private readonly perAddress: RateLimiterPostgres;
  private readonly overall: RateLimiterPostgres;

  constructor(database: Database, { perAddressPerMinute, overallPerMinute }: OnboardingSettings["limits"]) {
    const limiter = (keyPrefix: string, points: number): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: database.pool,
        storeType: "pool",
        tableName: "rate_limit",
        tableCreated: true,
        keyPrefix,
        points,
        duration: MINUTE_SECONDS,
        // What is over its limit costs the database nothing more.
        inMemoryBlockOnConsumed: points + 1,
      });
    this.perAddress = limiter("address", perAddressPerMinute);
    this.overall = limiter("overall", overallPerMinute);
  }

  /**
   * Counts one try.
   * @throws Refusal (too_many_requests), or DatabaseUnavailable where nothing can be counted.
   */
  async count(action: LimitedAction, address: string): Promise<void> {
    // The address first: one that floods does not use up everybody's tries.
    await consume(this.perAddress, `${action}:${networkOf(address)}`);
    await consume(this.overall, action);
  }
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new DatabaseUnavailable(`tries could not be counted: ${cause}`, { cause: error });
    }
    const seconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000));
    throw new Refusal(
      429,
      "too_many_requests",
      `Too many tries: wait ${seconds} seconds and try again.`,
      seconds,
    );
  }
}

/** An IPv4 address, or the /64 network of an IPv6 address, since one client has all of that. */
export function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = (text = ""): string[] => (text === "" ? [] : text.split(":"));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array<string>(Math.max(missing, 0)).fill("0"), ...groups(tail)];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}
