import type Docker from "dockerode";
import { createContainerShell, type ContainerShell } from "../../provision/container-shell";
import { grantPostgresRole, type PostgresRole } from "../../provision/postgres-role";
import { grantRedisUser, type RedisUser } from "../../provision/redis-user";

/** A client waits for the answer: a service that needs longer to start is one to ask again. */
const READY_WITHIN = { timeoutSeconds: 10 };

/** Makes accounts in the shared services by commands inside their containers, as a stack's own steps do. */
export class Grants {
  private docker: Docker | undefined;

  constructor(private readonly engineSocket: string) {}

  /** @throws Error where Postgres is not ready, or with its own message */
  async postgres(container: string, account: PostgresRole & { password: string }): Promise<void> {
    await grantPostgresRole(await this.shell(container), account, READY_WITHIN);
  }

  /** @throws Error where Redis is not ready, or with its own message */
  async redis(container: string, account: RedisUser & { password: string }): Promise<void> {
    await grantRedisUser(await this.shell(container), account, READY_WITHIN);
  }

  private async shell(container: string): Promise<ContainerShell> {
    // Loaded at the first use: a gateway that nobody asks for access does without its memory.
    const { default: DockerClient } = await import("dockerode");
    this.docker ??= new DockerClient({ socketPath: this.engineSocket });
    return createContainerShell(this.docker, container);
  }
}
