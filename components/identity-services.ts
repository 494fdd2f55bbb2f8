import * as pulumi from "@pulumi/pulumi";
import type { IdentitySettings, GatewaySettings } from "../config/identity-settings";
import type { WorkspaceImageSettings } from "../config/workspace-settings";
import { SYNC_ROLE } from "../spec/runtime-role";
import { sharedWorkspaceImage } from "./workspace-image";
import { DockerGateway } from "./docker-gateway";
import type { DatabaseAccess, ServerCertificate } from "./identity-parts";
import { OnboardingService, type IssuingAuthority } from "./onboarding-service";
import { PasswordSeed } from "./password";
import { PostgresService } from "./postgres-service";
import { serviceImage, serviceVolume, type ServiceSettings } from "./service-container";
import { SharedNetwork } from "./shared-network";

/** The database of identities; onboarding owns it, the gateway reads it. */
const DATABASE = "onboarding";
const GATEWAY_USER = "gateway";

export interface IdentityServicesArgs extends ServiceSettings {
  identity: IdentitySettings;
  gateway: GatewaySettings;
  workspaces: WorkspaceImageSettings;
  /** End of every app's host name. */
  domain: string;
  /** Where the proxy is reached. */
  proxyUrl: string;
  certificate: ServerCertificate;
  authority: IssuingAuthority;
}

/**
 * Who may use the host, and the one way in: onboarding, gateway and a Postgres of their own, and the images that developers' sync
 * containers and workspaces run. They stand on a network where no app is, so that
 * nothing a developer runs can reach the database that says who is let in, or wear it out.
 */
export class IdentityServices extends pulumi.ComponentResource {
  /** Container name by role, for the stack's outputs. */
  readonly containers: Record<string, pulumi.Output<string>>;

  constructor(name: string, args: IdentityServicesArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:identity:IdentityServices", name, {}, options);
    const { scope, engine, build, identity } = args;
    const parent = { parent: this };
    const network = new SharedNetwork(
      `${name}-network`,
      { scope, role: "identity", subnet: identity.subnet },
      parent,
    ).networkName;
    const shared = { scope, engine, build, network, bindAddress: identity.bindAddress };
    const passwords = new PasswordSeed(`${name}-passwords`, parent);
    serviceImage(`${name}-sync`, { scope, role: SYNC_ROLE, build }, this);
    const workspaceImage = sharedWorkspaceImage(`${name}-workspace`, args, this);
    const auditVolume = serviceVolume(name, scope, "gateway-audit", this).name;
    const postgres = new PostgresService(
      `${name}-postgres`,
      { ...shared, memoryMb: identity.postgres.memoryMb, role: "identity-postgres", passwords },
      parent,
    );
    const { owner, reader, granted } = databaseAccess(postgres, passwords);
    const onboarding = new OnboardingService(
      `${name}-onboarding`,
      {
        ...{ ...shared, ...identity.onboarding, passwords, auditVolume },
        ...{ certificate: args.certificate, authority: args.authority },
        ...{ database: owner, gatewayUser: GATEWAY_USER, dockerEndpoint: dockerHost(args) },
        after: granted,
      },
      parent,
    );
    const gateway = new DockerGateway(
      `${name}-gateway`,
      {
        ...{ ...shared, settings: args.gateway, domain: args.domain, proxyUrl: args.proxyUrl },
        workspaceImage,
        ...{ auditVolume, database: reader, serviceAccessKey: passwords.keyOf("gateway/service-access") },
        ...{ certificate: args.certificate, rootCertPem: args.authority.rootCertPem },
        // What it reads, onboarding makes.
        after: [onboarding],
      },
      parent,
    );
    this.containers = {
      "identity-postgres": postgres.containerName,
      onboarding: onboarding.containerName,
      gateway: gateway.containerName,
    };
    this.registerOutputs({ containers: this.containers });
  }
}

interface Databases {
  owner: DatabaseAccess;
  reader: DatabaseAccess;
  granted: pulumi.Resource[];
}

/** Both roles and the database, before anybody uses them. What the gateway may read there, onboarding grants it. */
function databaseAccess(postgres: PostgresService, passwords: PasswordSeed): Databases {
  const grants = [DATABASE, GATEWAY_USER].map((role) => postgres.grant({ role, database: role }));
  const accessOf = (user: string): DatabaseAccess => ({
    host: postgres.containerName,
    name: DATABASE,
    user,
    password: passwords.passwordOf(`identity-postgres/${user}`),
  });
  return {
    owner: accessOf(DATABASE),
    reader: accessOf(GATEWAY_USER),
    granted: grants.map(({ granted }) => granted),
  };
}

/** What a developer's DOCKER_HOST is. */
export function dockerHost({
  identity,
  gateway,
}: {
  identity: IdentitySettings;
  gateway: GatewaySettings;
}): string {
  return `tcp://${identity.host}:${gateway.port}`;
}

/** Where `berth dev init` goes. */
export function onboardingUrl({ identity }: { identity: IdentitySettings }): string {
  return `https://${identity.host}:${identity.onboarding.port}`;
}
