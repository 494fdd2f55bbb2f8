import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../spec/container-spec";
import type { PasswordSeed } from "./password";
import { ServiceContainer, serviceVolume, type ServiceSettings } from "./service-container";

/** The registry's one account. */
const USERNAME = "berth";

export interface RegistryServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  passwords: PasswordSeed;
  /** Port on the engine's host. */
  port: number;
  /** Address on the engine's host; loopback keeps the registry to that host. */
  bindAddress: string;
  /** Name or address by which engines reach it; the certificate must hold it. */
  host: string;
  memoryMb: number;
  certificate: {
    /** The server's certificate with its issuer's behind it. */
    chainPem: pulumi.Output<string>;
    /** Secret. */
    keyPem: pulumi.Output<string>;
  };
}

/** The registry from which images are pulled by digest, over TLS and with a password. A renewed certificate replaces its container. */
export class RegistryService extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  /** `host:port`: the first part of the names of its images. */
  readonly address: string;
  readonly username = USERNAME;
  /** Secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: RegistryServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:infra:RegistryService", name, {}, options);
    this.address = registryAddress(args);
    this.password = args.passwords.passwordOf(`registry/${USERNAME}`);
    const volume = serviceVolume(name, args.scope, "registry-data", this);
    const server = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "registry",
        container: {
          memoryMb: args.memoryMb,
          pids: 128,
          mounts: [{ type: "volume", source: volume.name, target: "/var/lib/berth/registry" }],
          ports: [portOf(args)],
          files: [
            { path: `${SECRETS_FOLDER}/registry-cert.pem`, content: args.certificate.chainPem },
            { path: `${SECRETS_FOLDER}/registry-key.pem`, content: args.certificate.keyPem },
            { path: `${SECRETS_FOLDER}/registry-password`, content: this.password },
          ],
        },
      },
      { parent: this },
    );
    this.containerName = server.containerName;
    this.registerOutputs({ containerName: this.containerName, address: this.address });
  }
}

function portOf({ port, bindAddress }: RegistryServiceArgs): docker.types.input.ContainerPort {
  return { internal: 5000, external: port, ip: bindAddress, protocol: "tcp" };
}

/** An IPv6 address needs brackets before a port (RFC 3986, 3.2.2). */
function registryAddress({ host, port }: RegistryServiceArgs): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
