import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  AUDIT_FOLDER,
  databaseSettings,
  secretFile,
  type DatabaseAccess,
  type ServerCertificate,
} from "./identity-parts";
import type { PasswordSeed } from "./password";
import { ServiceContainer, type ServiceSettings } from "./service-container";

const PORT = 8443;
/** Where the program and `berth-admin` read their settings. */
const SETTINGS_FILE = "/run/berth/onboarding.json";

/** The CA that signs developers' certificates. */
export interface IssuingAuthority {
  rootCertPem: pulumi.Input<string>;
  issuingCertPem: pulumi.Input<string>;
  /** Secret. */
  issuingKeyPem: pulumi.Input<string>;
}

export interface OnboardingServiceArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  passwords: PasswordSeed;
  /** Port on the engine's host. */
  port: number;
  /** Address on the engine's host; loopback keeps the service to that host. */
  bindAddress: string;
  memoryMb: number;
  /** Life of a developer's certificate. */
  clientValidityHours: number;
  /** What developers are told as DOCKER_HOST. */
  dockerEndpoint: string;
  certificate: ServerCertificate;
  authority: IssuingAuthority;
  database: DatabaseAccess;
  /** The gateway's role in that database: it may read which certificates hold. */
  gatewayUser: string;
  /** Volume with the gateway's audit log. */
  auditVolume: pulumi.Input<string>;
}

/** Gives developers their certificates: for a PIN at first, for the old certificate afterwards. */
export class OnboardingService extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;

  constructor(name: string, args: OnboardingServiceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:identity:OnboardingService", name, {}, options);
    const server = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "onboarding",
        container: {
          memoryMb: args.memoryMb,
          pids: 128,
          mounts: [{ type: "volume", source: args.auditVolume, target: AUDIT_FOLDER, readOnly: true }],
          ports: [portOf(args)],
          files: [
            { path: SETTINGS_FILE, content: pulumi.jsonStringify(onboardingSettings(args)) },
            { path: secretFile("server-cert.pem"), content: args.certificate.chainPem },
            { path: secretFile("server-key.pem"), content: args.certificate.keyPem },
            { path: secretFile("root-cert.pem"), content: args.authority.rootCertPem },
            { path: secretFile("issuing-cert.pem"), content: args.authority.issuingCertPem },
            { path: secretFile("issuing-key.pem"), content: args.authority.issuingKeyPem },
            { path: secretFile("database-password"), content: args.database.password },
            { path: secretFile("pin-key"), content: args.passwords.keyOf("onboarding/pin") },
            { path: secretFile("secrets-key"), content: args.passwords.keyOf("onboarding/secrets") },
          ],
        },
      },
      { parent: this },
    );
    this.containerName = server.containerName;
    this.registerOutputs({ containerName: this.containerName });
  }
}

function portOf({ port, bindAddress }: OnboardingServiceArgs): docker.types.input.ContainerPort {
  return { internal: PORT, external: port, ip: bindAddress, protocol: "tcp" };
}

/** What services/onboarding reads; nothing in it is secret. */
export function onboardingSettings(args: OnboardingServiceArgs): Record<string, unknown> {
  return {
    prefix: args.scope.prefix,
    listen: { port: PORT },
    serverCertFile: secretFile("server-cert.pem"),
    serverKeyFile: secretFile("server-key.pem"),
    rootCertFile: secretFile("root-cert.pem"),
    issuingCertFile: secretFile("issuing-cert.pem"),
    issuingKeyFile: secretFile("issuing-key.pem"),
    dockerEndpoint: args.dockerEndpoint,
    database: databaseSettings(args.database),
    gatewayDatabaseUser: args.gatewayUser,
    pinKeyFile: secretFile("pin-key"),
    secretsKeyFile: secretFile("secrets-key"),
    clientValidityHours: args.clientValidityHours,
  };
}
