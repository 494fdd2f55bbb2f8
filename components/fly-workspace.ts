import * as pulumi from "@pulumi/pulumi";
import type { MachineRequest } from "../services/fly-machines/request";
import { SECRET_VARIABLE_PREFIX, SSH_PORT, WORKSPACE_USER } from "../spec/workspace/in-container";
import { flyToml } from "./fly/fly-toml";
import { machineConfig } from "./fly/machine-config";
import { MACHINE_NAME, VOLUME_NAME, type FlyPlace } from "./fly/names";
import { flyStep, type FlyStep } from "./fly/step";
import { flyPlan, type FlyPlan } from "./fly/workspace-plan";
import type { WorkspaceArgs } from "./workspace-args";

/** An image of some gigabytes has to be pulled before the machine boots. */
const READY_WITHIN_SECONDS = 900;

export interface FlyWorkspaceArgs extends WorkspaceArgs, FlyPlace {
  /** Reference of the workspace image, in a registry that Fly.io reaches: its own (registry.fly.io) or a public one. */
  image: pulumi.Input<string>;
  /** Values of the spec's secrets by key; they become secrets of the app. */
  secrets: Record<string, pulumi.Input<string>>;
  /** false stops the machine; its volume stays. */
  running: boolean;
  /**
   * Any text; another one than at the last update has the machine looked at again: one that stopped itself because nobody used it
   * runs again only then, or when somebody opens its address.
   */
  attempt?: string;
  /** What the image holds: `remote` has no editor, so that only SSH is served. Default `full`. */
  target?: "remote" | "full";
  /** Processors of one's own (`performance`) or a share of one; default `shared`. Memory is fitted to what the kind allows. */
  cpuKind?: "shared" | "performance";
  /** Days that Fly.io keeps each daily snapshot of the volume, 1 to 60; default 5. */
  snapshotRetentionDays?: number;
  /** An IPv4 address of its own, which Fly.io bills; without it SSH works over IPv6 only. Default true. */
  dedicatedIpv4?: boolean;
  /**
   * Whether Fly's proxy stops the machine after minutes without a connection. Default false: the workspace ends itself when nobody
   * uses it, and unlike the proxy it sees work that goes on without a connection.
   */
  autoStop?: boolean;
  /**
   * Whether a connection starts a workspace that stopped itself; default true. Strangers' connections do so, too. One that was stopped
   * by `running: false` stays stopped in either case.
   */
  autoStart?: boolean;
  /** Whether a destroy deletes the volume, and with it home and projects; default false. */
  deleteData?: boolean;
}

/** A developer's workspace on Fly.io: an app with one volume, one machine and its secrets. */
export class FlyWorkspace extends pulumi.ComponentResource {
  /** Address of the editor; of nothing that answers with the target `remote`. */
  readonly url: pulumi.Output<string>;
  readonly sshCommand: pulumi.Output<string>;
  /** Fly's ids by what they are of: app, volume, machine. */
  readonly resourceIds: pulumi.Output<Record<string, string>>;
  /** Text of a fly.toml that describes the same workspace to `fly deploy`. */
  readonly flyToml: pulumi.Output<string>;

  constructor(name: string, args: FlyWorkspaceArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:cloud:FlyWorkspace", name, {}, options);
    const plan = planOf(args);
    const { app } = plan;
    const parts = declareParts(name, plan, args, this);
    this.url = pulumi.output(`https://${app}.fly.dev`);
    this.sshCommand = pulumi.output(`ssh -p ${SSH_PORT} ${WORKSPACE_USER.name}@${app}.fly.dev`);
    this.resourceIds = idsOf(app, parts);
    this.flyToml = pulumi.output(flyToml(plan, { dockerfile: "Dockerfile" }));
    this.registerOutputs({
      url: this.url,
      sshCommand: this.sshCommand,
      resourceIds: this.resourceIds,
      flyToml: this.flyToml,
    });
  }
}

/** @throws RunError with all that Fly.io cannot give. */
function planOf({ secrets, ...args }: FlyWorkspaceArgs): FlyPlan {
  try {
    return flyPlan({ ...args, secretKeys: Object.keys(secrets) });
  } catch (error) {
    throw new pulumi.RunError((error as Error).message);
  }
}

interface Parts {
  volume: FlyStep<"volume">;
  machine: FlyStep<"machine">;
}

/** In this order, and removed in the other. */
function declareParts(name: string, plan: FlyPlan, args: FlyWorkspaceArgs, parent: pulumi.Resource): Parts {
  const { app, organization, region, guest, sizeGb, snapshotRetentionDays, ipv4 } = plan;
  const isTalkative = true;
  const home = flyStep(name, "app", { app, request: { app, organization, ipv4 }, isTalkative }, { parent });
  const volume = flyStep(
    name,
    "volume",
    {
      ...{ app, isTalkative },
      request: {
        ...{ app, name: VOLUME_NAME, region, sizeGb, snapshotRetentionDays, guest },
        deleteData: args.deleteData ?? false,
      },
    },
    { parent, dependsOn: home.resource },
  );
  const secrets = flyStep(
    name,
    "secrets",
    { app, request: { app, prefix: SECRET_VARIABLE_PREFIX, values: secretValues(plan, args.secrets) } },
    { parent, dependsOn: volume.resource },
  );
  const machine = flyStep(
    name,
    "machine",
    { app, request: machineRequest(plan, args, { volume, secrets }) },
    { parent, dependsOn: secrets.resource },
  );
  return { volume, machine };
}

function machineRequest(
  plan: FlyPlan,
  { image, running, attempt = "" }: FlyWorkspaceArgs,
  { volume, secrets }: { volume: FlyStep<"volume">; secrets: FlyStep<"secrets"> },
): pulumi.Output<MachineRequest> {
  const { app, region } = plan;
  // Only a number leaves the secret.
  const version = pulumi.unsecret(secrets.result.apply(({ version: number }) => number));
  return pulumi.all([image, volume.result, version]).apply(([reference, { id, sizeGb }, secretsVersion]) => ({
    ...{ app, name: MACHINE_NAME, region, volume: id, running, attempt, secretsVersion },
    withinSeconds: READY_WITHIN_SECONDS,
    // The size is no part of a machine: it is here so that one whose volume has grown boots again and sees it.
    volumeGb: sizeGb,
    config: machineConfig(plan, reference, running),
  }));
}

function secretValues(
  { secrets }: FlyPlan,
  values: FlyWorkspaceArgs["secrets"],
): pulumi.Output<Record<string, string>> {
  const named = Object.entries(values).map(([key, value]) => [secrets[key] ?? key, value] as const);
  return pulumi.secret(pulumi.all(Object.fromEntries(named)));
}

function idsOf(app: string, { volume, machine }: Parts): pulumi.Output<Record<string, string>> {
  const ids = { volume: volume.result.apply(({ id }) => id), machine: machine.result.apply(({ id }) => id) };
  return pulumi.all({ app, ...ids }).apply((all): Record<string, string> => all);
}
