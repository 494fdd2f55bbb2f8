import * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../spec/container-spec";
import { redisUrl } from "../spec/service-urls";
import type { PasswordSeed } from "./password";
import { grantAccess, type ServiceAccess } from "./service-access";
import { ServiceContainer, serviceVolume, type ServiceSettings } from "./service-container";

export interface RedisServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  passwords: PasswordSeed;
  memoryMb: number;
}

/** The environment's Redis: one server, one user for each app instance, limited to keys with its own prefix. */
export class RedisService extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  private readonly service: ServiceContainer;

  constructor(
    private readonly name: string,
    private readonly args: RedisServiceArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("berth:infra:RedisService", name, {}, options);
    const volume = serviceVolume(name, args.scope, "redis-data", this);
    this.service = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "redis",
        container: {
          memoryMb: args.memoryMb,
          pids: 64,
          mounts: [{ type: "volume", source: volume.name, target: "/var/lib/berth/redis" }],
          files: [
            {
              path: `${SECRETS_FOLDER}/redis-admin-password`,
              content: args.passwords.passwordOf("redis/admin"),
            },
          ],
        },
      },
      { parent: this },
    );
    this.containerName = this.service.containerName;
    this.registerOutputs({ containerName: this.containerName });
  }

  /** Makes a user that reaches only keys with the prefix. Removing it later closes the login and keeps the keys. */
  grant({ user, keyPrefix }: { user: string; keyPrefix: string }): ServiceAccess {
    const { engine, passwords } = this.args;
    return grantAccess(
      `${this.name}-user-${user}`,
      {
        engine,
        service: this.service,
        words: `redis-user --user ${user} --key-prefix ${keyPrefix}`,
        password: passwords.passwordOf(`redis/${user}`),
        url: (host, password) => redisUrl(host, user, password),
      },
      this,
    );
  }
}
