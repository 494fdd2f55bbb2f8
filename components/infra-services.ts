import * as pulumi from "@pulumi/pulumi";
import type { BerthConfig } from "../config/schema";
import { PasswordSeed } from "./password";
import { PostgresService } from "./postgres-service";
import { ProxyService } from "./proxy-service";
import { RedisService } from "./redis-service";
import { RegistryService, type RegistryServiceArgs } from "./registry-service";
import type { ServiceSettings } from "./service-container";

export interface InfraServicesArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  postgres: BerthConfig["postgres"];
  redis: BerthConfig["redis"];
  /** Where the stack has a proxy of its own. */
  proxy: BerthConfig["proxy"] | undefined;
  /** Where the stack has a registry of its own. */
  registry:
    Pick<RegistryServiceArgs, "host" | "port" | "bindAddress" | "memoryMb" | "certificate"> | undefined;
}

/** The services that all apps of an environment share. `up` ends only when each of them is healthy. */
export class InfraServices extends pulumi.ComponentResource {
  readonly postgres: PostgresService;
  readonly redis: RedisService;
  readonly registry: RegistryService | undefined;
  /** Container name by role, for the stack's outputs. */
  readonly containers: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: InfraServicesArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:infra:InfraServices", name, {}, options);
    const { scope, engine, build, prebuilt, network } = args;
    const shared = { scope, engine, build, prebuilt, network };
    const passwords = new PasswordSeed(`${name}-passwords`, { parent: this });
    this.postgres = new PostgresService(
      `${name}-postgres`,
      { ...shared, ...args.postgres, passwords },
      { parent: this },
    );
    this.redis = new RedisService(`${name}-redis`, { ...shared, ...args.redis, passwords }, { parent: this });
    const proxy =
      args.proxy && new ProxyService(`${name}-proxy`, { ...shared, ...args.proxy }, { parent: this });
    this.registry =
      args.registry &&
      new RegistryService(`${name}-registry`, { ...shared, ...args.registry, passwords }, { parent: this });
    this.containers = {
      postgres: this.postgres.containerName,
      redis: this.redis.containerName,
      ...(proxy && { proxy: proxy.proxyContainer, "proxy-routes": proxy.routesContainer }),
      ...(this.registry && { registry: this.registry.containerName }),
    };
    this.registerOutputs({ containers: this.containers });
  }
}
