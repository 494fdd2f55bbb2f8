import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { GatewaySettings } from "../config/identity-settings";
import type { HostImages } from "../spec/gateway-api";
import { sharedName, stackName } from "../spec/names";
import { RUNTIME_ROLES, SYNC_ROLE } from "../spec/runtime-role";
import {
  AUDIT_FOLDER,
  databaseSettings,
  secretFile,
  type DatabaseAccess,
  type ServerCertificate,
} from "./identity-parts";
import { ServiceContainer, type ServiceSettings } from "./service-container";

/** The port that Docker's clients know for TLS, and the gateway's own for health and metrics. */
const PORT = 2376;
const HEALTH_PORT = 9323;
const SETTINGS_FILE = "/run/berth/gateway.json";
const ENGINE_SOCKET = "/var/run/docker.sock";

export interface DockerGatewayArgs extends ServiceSettings {
  network: pulumi.Input<string>;
  /** Address on the engine's host; loopback keeps the gateway to that host. */
  bindAddress: string;
  settings: GatewaySettings;
  /** End of every app's host name. */
  domain: string;
  /** Where the proxy is reached, for clients. */
  proxyUrl: string;
  /** Reference of what workspaces run; "" where there are none. */
  workspaceImage: string;
  /** Secret; the passwords of developers' apps are derived from it. */
  serviceAccessKey: pulumi.Input<string>;
  certificate: ServerCertificate;
  /** What a client's certificate must lead to. */
  rootCertPem: pulumi.Input<string>;
  /** Where it reads which certificates hold. */
  database: DatabaseAccess;
  /** Volume for its audit log. */
  auditVolume: pulumi.Input<string>;
}

/**
 * The only way for a developer to the engine: mutual TLS, default deny, and each sees and touches only their own. It holds the
 * engine's socket and is reached by others, so it stands on a network without any app (docs/decisions/0012).
 */
export class DockerGateway extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;

  constructor(name: string, args: DockerGatewayArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:identity:DockerGateway", name, {}, options);
    const server = new ServiceContainer(
      `${name}-server`,
      {
        ...args,
        role: "gateway",
        container: {
          memoryMb: args.settings.memoryMb,
          pids: 128,
          mounts: [
            { type: "bind", source: args.engine.socketPath, target: ENGINE_SOCKET },
            { type: "volume", source: args.auditVolume, target: AUDIT_FOLDER },
          ],
          ports: [portOf(args)],
          files: [
            { path: SETTINGS_FILE, content: pulumi.jsonStringify(gatewaySettings(args)) },
            { path: secretFile("server-cert.pem"), content: args.certificate.chainPem },
            { path: secretFile("server-key.pem"), content: args.certificate.keyPem },
            { path: secretFile("root-cert.pem"), content: args.rootCertPem },
            { path: secretFile("database-password"), content: args.database.password },
            { path: secretFile("service-access-key"), content: args.serviceAccessKey },
          ],
        },
      },
      { parent: this },
    );
    this.containerName = server.containerName;
    this.registerOutputs({ containerName: this.containerName });
  }
}

function portOf({ settings, bindAddress }: DockerGatewayArgs): docker.types.input.ContainerPort {
  return { internal: PORT, external: settings.port, ip: bindAddress, protocol: "tcp" };
}

/** What services/gateway reads; nothing in it is secret. */
export function gatewaySettings(args: DockerGatewayArgs): Record<string, unknown> {
  const { minimumTls, publishAddress, portRanges, quota, defaults, capabilities } = args.settings;
  return {
    prefix: args.scope.prefix,
    stack: stackName(args.scope),
    listen: { port: PORT, minimumTls },
    health: { port: HEALTH_PORT },
    serverCertFile: secretFile("server-cert.pem"),
    serverKeyFile: secretFile("server-key.pem"),
    rootCertFile: secretFile("root-cert.pem"),
    engineSocket: ENGINE_SOCKET,
    database: databaseSettings(args.database),
    auditFolder: AUDIT_FOLDER,
    ...{ domain: args.domain, proxyUrl: args.proxyUrl, images: hostImages(args) },
    services: {
      postgres: sharedName(args.scope, "postgres"),
      redis: sharedName(args.scope, "redis"),
      keyFile: secretFile("service-access-key"),
    },
    ...{ publishAddress, portRanges, quota, defaults, capabilities, sharedImages: sharedImages(args) },
  };
}

/** The images that clients ask the gateway for. */
function hostImages({ scope, build, workspaceImage }: DockerGatewayArgs): HostImages {
  const image = (role: string): string => `${sharedName(scope, role)}:latest`;
  return {
    runtime: { typescript: image(RUNTIME_ROLES.typescript), python: image(RUNTIME_ROLES.python) },
    sync: image(SYNC_ROLE),
    workspace: workspaceImage,
    extraCa: build.extraCaImage,
  };
}

/** What developers build on and run without having built it: the base, those above, and what the config adds. */
function sharedImages(args: DockerGatewayArgs): string[] {
  const { runtime, sync, workspace, extraCa } = hostImages(args);
  const own = [args.build.baseImage, extraCa, ...Object.values(runtime), sync];
  if (workspace !== "") own.push(workspace);
  return [...new Set([...own, ...args.settings.sharedImages])];
}
