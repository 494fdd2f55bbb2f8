import * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../spec/container-spec";
import { postgresUrl } from "../spec/service-urls";
import type { PasswordSeed } from "./password";
import { grantAccess, type ServiceAccess } from "./service-access";
import { ServiceContainer, serviceVolume, type ServiceSettings } from "./service-container";

export interface PostgresServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  passwords: PasswordSeed;
  memoryMb: number;
  /** Last part of the physical names; default "postgres", which is the one that apps use. */
  role?: string;
}

/** A Postgres server: one role and database for each of its users. */
export class PostgresService extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  private readonly service: ServiceContainer;

  constructor(
    private readonly name: string,
    private readonly args: PostgresServiceArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("berth:infra:PostgresService", name, {}, options);
    const role = args.role ?? "postgres";
    const volume = serviceVolume(name, args.scope, `${role}-data`, this);
    this.service = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role,
        imageFolder: "postgres",
        container: {
          memoryMb: args.memoryMb,
          pids: 512,
          mounts: [{ type: "volume", source: volume.name, target: "/var/lib/berth/postgres" }],
          files: [
            {
              path: `${SECRETS_FOLDER}/postgres-superuser-password`,
              content: args.passwords.passwordOf(`${role}/superuser`),
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
    const { engine, passwords } = this.args;
    return grantAccess(
      `${this.name}-role-${role}`,
      {
        engine,
        service: this.service,
        words: `postgres-role --role ${role} --database ${database}`,
        password: passwords.passwordOf(`${this.args.role ?? "postgres"}/${role}`),
        url: (host, password) => postgresUrl(host, { role, database }, password),
      },
      this,
    );
  }
}
