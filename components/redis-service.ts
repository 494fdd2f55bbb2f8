import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../spec/container-spec";
import { engineVariables } from "./hardened-container";
import type { PasswordSeed } from "./password";
import { provisioner } from "./provisioning";
import {
  ServiceContainer,
  serviceVolume,
  type ServiceAccess,
  type ServiceSettings,
} from "./service-container";

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
    const password = this.args.passwords.passwordOf(`redis/${user}`);
    const words = this.containerName.apply(
      (container) => `redis-user --container ${container} --user ${user} --key-prefix ${keyPrefix}`,
    );
    const granted = new command.local.Command(
      `${this.name}-user-${user}`,
      {
        create: words.apply(provisioner),
        delete: words.apply((all) => provisioner(`${all} --remove`)),
        stdin: pulumi.secret(pulumi.jsonStringify({ password })),
        environment: engineVariables(this.args.engine),
        triggers: [this.service.containerId],
        logging: "none",
      },
      // The removal of the old step must not close the login that the new one opened.
      { parent: this, deleteBeforeReplace: true },
    );
    const url = pulumi.secret(
      pulumi
        .all([this.containerName, password])
        .apply(([host, secret]) => `redis://${user}:${secret}@${host}:6379/0`),
    );
    return { url, granted };
  }
}
