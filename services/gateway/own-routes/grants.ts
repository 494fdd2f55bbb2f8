import type Docker from "dockerode";
import { createContainerShell, type ContainerShell } from "../../provision/container-shell";
import {
  databasesOf,
  dropPostgresRole,
  grantPostgresRole,
  postgresRoles,
  type DatabaseLimit,
  type PostgresRole,
} from "../../provision/postgres-role";
import { dropRedisUser, grantRedisUser, redisUsers, type RedisUser } from "../../provision/redis-user";
import type { grantableServices } from "../../../spec/gateway-api";

/** A service in which the gateway makes accounts. */
export type GrantableService = (typeof grantableServices)[number];

/** A client waits for the answer: a service that needs longer to start is one to ask again. */
const READY_WITHIN = { timeoutSeconds: 10 };

/** Makes accounts in the shared services by commands inside their containers, as a stack's own steps do. */
export class Grants {
  private docker: Docker | undefined;

  constructor(private readonly engineSocket: string) {}

  /** @throws Error where Postgres is not ready, or with its own message */
  async postgres(
    container: string,
    account: PostgresRole & { password: string },
    limit?: DatabaseLimit,
  ): Promise<void> {
    await grantPostgresRole(await this.shell(container), account, { ...READY_WITHIN, limit });
  }

  /** Databases of one owner, with their sizes. @throws Error with Postgres's own message */
  async databases(container: string, end: string): Promise<{ name: string; bytes: number }[]> {
    return databasesOf(await this.shell(container), end);
  }

  /** @throws Error where Redis is not ready, or with its own message */
  async redis(container: string, account: RedisUser & { password: string }): Promise<void> {
    await grantRedisUser(await this.shell(container), account, READY_WITHIN);
  }

  /** Removes an account with all that is in it. @throws Error with Postgres's own message */
  async dropPostgres(container: string, account: PostgresRole): Promise<void> {
    await dropPostgresRole(await this.shell(container), account);
  }

  /** Removes an account with all its keys. @throws Error with Redis's own message */
  async dropRedis(container: string, account: RedisUser): Promise<void> {
    await dropRedisUser(await this.shell(container), account);
  }

  /** Names of accounts that begin so. */
  async accounts(service: GrantableService, container: string, start: string): Promise<string[]> {
    const shell = await this.shell(container);
    return service === "postgres" ? postgresRoles(shell, start) : redisUsers(shell, start);
  }

  private async shell(container: string): Promise<ContainerShell> {
    // Loaded at the first use: a gateway that nobody asks for access does without its memory.
    const { default: DockerClient } = await import("dockerode");
    this.docker ??= new DockerClient({ socketPath: this.engineSocket });
    return createContainerShell(this.docker, container);
  }
}
