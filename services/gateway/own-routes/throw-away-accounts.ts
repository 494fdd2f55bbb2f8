import { createHmac } from "node:crypto";
import type { ThrowAwayAccess, ThrowAwayRequest } from "../../../spec/gateway-api";
import { sharedName, type Scope } from "../../../spec/names";
import { postgresUrl, redisUrl } from "../../../spec/service-urls";
import { Grants, type GrantableService } from "./grants";
import { ageOf } from "./throw-away-id";

const STARTS: Record<GrantableService, string> = { postgres: "once_", redis: "once." };
const ID = /^[0-9a-z]{19}$/;
/** Its container may be on its way for so long. */
const LEFT_AFTER_SECONDS = 120;

/** A database and its role, a user and its keys in tst's services, all named by the id of one throw-away access. */
export class ThrowAwayAccounts {
  private readonly grants: Grants;

  /** @param key from which each password is derived */
  constructor(
    engineSocket: string,
    private readonly scope: Scope,
    private readonly key: string,
  ) {
    this.grants = new Grants(engineSocket);
  }

  /** Name of the service's container, and its name in the environment's network. */
  containerOf(service: GrantableService): string {
    return sharedName(this.scope, service);
  }

  /** @throws Error where a service is not ready, or with its own message */
  async make(id: string, { postgres, redis }: ThrowAwayRequest): Promise<ThrowAwayAccess> {
    const [ofPostgres, ofRedis] = await Promise.all([
      postgres ? this.inPostgres(id) : undefined,
      redis ? this.inRedis(id) : undefined,
    ]);
    return { id, ...(ofPostgres && { postgres: ofPostgres }), ...(ofRedis && { redis: ofRedis }) };
  }

  /** Removes the account with all that is in it; one that never was is fine. */
  drop(service: GrantableService, id: string): Promise<void> {
    const container = this.containerOf(service);
    return service === "postgres"
      ? this.grants.dropPostgres(container, postgresAccount(id))
      : this.grants.dropRedis(container, redisAccount(id));
  }

  /** Removes accounts that no container has any more. @param used ids of those that one has */
  async dropLeft(services: readonly GrantableService[], used: readonly string[]): Promise<void> {
    for (const service of services) {
      const names = await this.grants.accounts(service, this.containerOf(service), STARTS[service]);
      const ids = names.map((name) => name.slice(STARTS[service].length)).filter((id) => ID.test(id));
      const left = ids.filter((id) => !used.includes(id) && ageOf(id) > LEFT_AFTER_SECONDS);
      for (const id of left) await this.drop(service, id);
    }
  }

  private async inPostgres(id: string): Promise<ThrowAwayAccess["postgres"]> {
    const container = this.containerOf("postgres");
    const account = postgresAccount(id);
    const password = this.passwordOf("postgres", id);
    await this.grants.postgres(container, { ...account, password });
    return { url: postgresUrl(container, account, password) };
  }

  private async inRedis(id: string): Promise<ThrowAwayAccess["redis"]> {
    const container = this.containerOf("redis");
    const account = redisAccount(id);
    const password = this.passwordOf("redis", id);
    await this.grants.redis(container, { ...account, password });
    return { url: redisUrl(container, account.user, password), keyPrefix: account.keyPrefix };
  }

  private passwordOf(service: GrantableService, id: string): string {
    return createHmac("sha256", this.key).update(`throw-away/${service}/${id}`).digest("base64url");
  }
}

function postgresAccount(id: string): { role: string; database: string } {
  return { role: `${STARTS.postgres}${id}`, database: `${STARTS.postgres}${id}` };
}

function redisAccount(id: string): { user: string; keyPrefix: string } {
  return { user: `${STARTS.redis}${id}`, keyPrefix: `once:${id}:` };
}
