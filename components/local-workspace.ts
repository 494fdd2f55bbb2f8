import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import type { ExtraCaBundle } from "../config/extra-ca";
import type { Environment } from "../policy/rules";
import { EXTRA_CA_FILE } from "../spec/container-spec";
import { hostName, labels, type Instance, type Scope } from "../spec/names";
import { secretPath, specFile, workspaceContainer, WORKSPACE_LABEL } from "../spec/workspace/container";
import { SSH_PORT, WORKSPACE_USER } from "../spec/workspace/in-container";
import { hardenedArgs } from "./app-container";
import { HardenedContainer, type ContainerFile } from "./hardened-container";
import type { WorkspaceArgs } from "./workspace-args";

export interface LocalWorkspaceArgs extends WorkspaceArgs {
  /** Id of the workspace image on the engine: another one replaces the container, and the volume stays. */
  image: pulumi.Input<string>;
  /** Values of the spec's secrets by key, and of `editor-password`; each becomes a file. */
  secrets: Record<string, pulumi.Input<string>>;
  /** False: no container, only the volume. */
  running: boolean;
  /** Prefix and environment of the names; the network and the proxy are that environment's. */
  scope: Scope;
  engine: EngineAddress;
  network: pulumi.Input<string>;
  /** The environment whose proxy serves the editor. */
  proxyEnvironment: Environment;
  /** Where the proxy is reached; its host is the domain below which the workspace is. */
  proxyUrl: pulumi.Input<string>;
  /** CA bundle for tools in it. */
  extraCa?: ExtraCaBundle;
  /** Whether a destroy deletes the volume, and with it home and projects; default false. */
  deleteData?: boolean;
}

/** A developer's workspace on a Docker host, behind the proxy: the operator's way to what `berth workspace` makes through the gateway. */
export class LocalWorkspace extends pulumi.ComponentResource {
  /** Of the editor. */
  readonly url: pulumi.Output<string>;
  /** Through the engine, which the operator reaches; no port is published. */
  readonly sshCommand: pulumi.Output<string>;
  /** The engine's names: `volume`, and while it runs `container`. */
  readonly resourceIds: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: LocalWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:workspace:LocalWorkspace", name, {}, options);
    const { scope, engine, network, image } = args;
    const spec = workspaceContainer({ ...args, extraCa: args.extraCa !== undefined });
    const volume = new docker.Volume(`${name}-volume`, volumeArgs(args), {
      parent: this,
      retainOnDelete: args.deleteData !== true,
    });
    const place = { image, engine, network, files: filesOf(args), after: [volume] };
    const container = args.running
      ? new HardenedContainer(name, hardenedArgs(spec, place), { parent: this })
      : undefined;
    this.url = pulumi.output(args.proxyUrl).apply((url) => editorUrl(url, scope, spec.instance));
    this.sshCommand = pulumi.output(sshCommand(spec.name, engine));
    this.resourceIds = pulumi
      .all([volume.name, container?.containerName])
      .apply(([held, made]): Record<string, string> => ({ volume: held, ...(made && { container: made }) }));
    this.registerOutputs({ url: this.url, sshCommand: this.sshCommand, resourceIds: this.resourceIds });
  }
}

function volumeArgs({ scope, owner, spec }: LocalWorkspaceArgs): docker.VolumeArgs {
  const { mounts, instance } = workspaceContainer({
    scope,
    proxyEnvironment: scope.environment,
    owner,
    spec,
  });
  const own = { label: WORKSPACE_LABEL, value: spec.name };
  return { name: mounts[0]?.source, labels: [...labels(scope, { role: "workspace", instance }), own] };
}

function filesOf({ spec, secrets, extraCa }: LocalWorkspaceArgs): ContainerFile[] {
  return [
    specFile(spec),
    ...Object.entries(secrets)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, content]) => ({ path: secretPath(key), content })),
    ...(extraCa ? [{ path: EXTRA_CA_FILE, source: extraCa }] : []),
  ];
}

function editorUrl(proxyUrl: string, scope: Scope, instance: Instance): string {
  const { protocol, hostname, port } = new URL(proxyUrl);
  return `${protocol}//${hostName(scope, instance, hostname)}${port === "" ? "" : `:${port}`}/`;
}

/** The engine leads to sshd inside; what it says is not trusted more than the engine itself. */
function sshCommand(container: string, { host }: EngineAddress): string {
  const engine = host.startsWith("unix:///var/run/docker.sock") ? "docker" : `docker -H ${host}`;
  const tunnel = `${engine} exec -i ${container} socat - TCP:127.0.0.1:${SSH_PORT}`;
  return `ssh -o ProxyCommand='${tunnel}' ${WORKSPACE_USER.name}@${container}`;
}
