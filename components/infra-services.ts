import * as pulumi from "@pulumi/pulumi";
import type { BerthConfig } from "../config/schema";
import { PasswordSeed } from "./password";
import { PostgresService } from "./postgres-service";
import { ProxyService } from "./proxy-service";
import { RedisService } from "./redis-service";
import type { ServiceSettings } from "./service-container";

export interface InfraServicesArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  postgres: BerthConfig["postgres"];
  redis: BerthConfig["redis"];
  proxy: BerthConfig["proxy"];
}

/** The services that all apps of an environment share. `up` ends only when each of them is healthy. */
export class InfraServices extends pulumi.ComponentResource {
  readonly postgres: PostgresService;
  readonly redis: RedisService;
  readonly proxy: ProxyService;
  /** Container name by role, for the stack's outputs. */
  readonly containers: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: InfraServicesArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:infra:InfraServices", name, {}, options);
    const { scope, engine, build, network } = args;
    const shared = { scope, engine, build, network };
    const passwords = new PasswordSeed(`${name}-passwords`, { parent: this });
    this.postgres = new PostgresService(
      `${name}-postgres`,
      { ...shared, ...args.postgres, passwords },
      { parent: this },
    );
    this.redis = new RedisService(`${name}-redis`, { ...shared, ...args.redis, passwords }, { parent: this });
    this.proxy = new ProxyService(`${name}-proxy`, { ...shared, ...args.proxy }, { parent: this });
    this.containers = {
      postgres: this.postgres.containerName,
      redis: this.redis.containerName,
      proxy: this.proxy.proxyContainer,
      "proxy-routes": this.proxy.routesContainer,
    };
    this.registerOutputs({ containers: this.containers });
  }
}
