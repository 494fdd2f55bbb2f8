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

export interface PostgresServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  passwords: PasswordSeed;
  memoryMb: number;
}

/** The environment's Postgres: one server, one role and database for each app instance. */
export class PostgresService extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  private readonly service: ServiceContainer;

  constructor(
    private readonly name: string,
    private readonly args: PostgresServiceArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("berth:infra:PostgresService", name, {}, options);
    const volume = serviceVolume(name, args.scope, "postgres-data", this);
    this.service = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "postgres",
        container: {
          memoryMb: args.memoryMb,
          pids: 512,
          mounts: [{ type: "volume", source: volume.name, target: "/var/lib/berth/postgres" }],
          files: [
            {
              path: `${SECRETS_FOLDER}/postgres-superuser-password`,
              content: args.passwords.passwordOf("postgres/superuser"),
            },
          ],
        },
      },
      { parent: this },
    );
    this.containerName = this.service.containerName;
    this.registerOutputs({ containerName: this.containerName });
  }

  /** Makes a role with a database that only it may connect to. Removing it later closes the login and keeps the data. */
  grant({ role, database }: { role: string; database: string }): ServiceAccess {
    const password = this.args.passwords.passwordOf(`postgres/${role}`);
    const words = this.containerName.apply(
      (container) => `postgres-role --container ${container} --role ${role} --database ${database}`,
    );
    const granted = new command.local.Command(
      `${this.name}-role-${role}`,
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
        .apply(([host, secret]) => `postgres://${role}:${secret}@${host}:5432/${database}`),
    );
    return { url, granted };
  }
}
