import {
  EDITOR_PORT,
  SPEC_VARIABLE,
  SSH_PORT,
  WORKSPACE_VOLUME_PATH,
} from "../../spec/workspace/in-container";
import { HEALTH, STOP } from "./health";
import { VOLUME_NAME } from "./names";
import type { FlyPlan } from "./workspace-plan";

/** The image's folder may be anywhere from the file: flyctl looks from the file's folder for the Dockerfile. */
export interface FlyTomlBuild {
  /** Path of images/workspace/Dockerfile from the file's folder. */
  dockerfile: string;
  /** Debian base image; default the one that the toolchain makes. */
  baseImage?: string;
}

/**
 * The text of a fly.toml for a workspace (https://fly.io/docs/reference/configuration/): `fly deploy` makes the same of it as the
 * component. Nothing in it is secret.
 */
export async function flyToml(plan: FlyPlan, build: FlyTomlBuild): Promise<string> {
  // An ECMAScript module, which only this form brings into one of the other kind.
  const { stringify } = await import("smol-toml");
  return `${header(plan)}${stringify(flyConfig(plan, build))}`;
}

/** What stands in the file. */
export function flyConfig(plan: FlyPlan, { dockerfile, baseImage }: FlyTomlBuild): object {
  const { app, region, guest, sizeGb, snapshotRetentionDays, editor, spec, target } = plan;
  return {
    ...{ app, primary_region: region, kill_signal: STOP.signal, kill_timeout: STOP.seconds },
    build: {
      ...{ dockerfile, "build-target": target },
      // The volume belongs to root there; the workspace's program gives up its rights once it is in place.
      args: { START_USER: "root", ...(baseImage !== undefined && { BERTH_BASE_IMAGE: baseImage }) },
    },
    env: { [SPEC_VARIABLE]: JSON.stringify(spec) },
    ...(editor && { http_service: editorService(plan) }),
    services: [sshService(plan)],
    mounts: {
      ...{ source: VOLUME_NAME, destination: WORKSPACE_VOLUME_PATH, initial_size: `${sizeGb}gb` },
      snapshot_retention: snapshotRetentionDays,
    },
    vm: [{ cpu_kind: guest.cpu_kind, cpus: guest.cpus, memory: `${guest.memory_mb}mb` }],
    restart: [{ policy: "on-failure", retries: 10 }],
  };
}

const waking = ({ autoStop, autoStart }: FlyPlan) => ({
  auto_stop_machines: autoStop ? "stop" : "off",
  auto_start_machines: autoStart,
  min_machines_running: 0,
});

/** Ports 80, which leads to 443, and 443. */
function editorService(plan: FlyPlan): object {
  return {
    ...{ internal_port: EDITOR_PORT, force_https: true, ...waking(plan) },
    checks: [{ method: "GET", path: HEALTH.editorPath, ...HEALTH.editor }],
  };
}

function sshService(plan: FlyPlan): object {
  return {
    ...{ protocol: "tcp", internal_port: SSH_PORT, ...waking(plan) },
    ports: [{ port: SSH_PORT }],
    tcp_checks: [{ ...HEALTH.ssh }],
  };
}

function header({ app, organization, secrets }: FlyPlan): string {
  const names = Object.values(secrets);
  const lines = [
    "Made by Berth (components/fly/fly-toml.ts). Unverified against the real service.",
    `fly apps create ${app} --org ${organization}`,
    ...(names.length === 0 ? [] : [`fly secrets set --stage ${names.map((name) => `${name}=…`).join(" ")}`]),
    "fly deploy <path of images/workspace> --config <path of this file> --local-only --ha=false",
  ];
  return `${lines.map((line) => `# ${line}`).join("\n")}\n\n`;
}
