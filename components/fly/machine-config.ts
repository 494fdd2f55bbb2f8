import type { MachineRequest } from "../../services/fly-machines/request";
import {
  EDITOR_PORT,
  SPEC_VARIABLE,
  SSH_PORT,
  WORKSPACE_VOLUME_PATH,
} from "../../spec/workspace/in-container";
import { HEALTH, STOP } from "./health";
import type { FlyPlan } from "./workspace-plan";

/**
 * The machine's config (https://fly.io/docs/machines/api/machines-resource/#machine-config-object-properties). A workspace that nobody
 * uses ends itself with exit code 0, which `on-failure` leaves stopped; a connection to one of its ports has Fly's proxy start it again.
 *
 * @param running where not, nobody's connection starts it.
 */
export function machineConfig(plan: FlyPlan, image: string, running: boolean): MachineRequest["config"] {
  const waking = {
    autostart: running && plan.autoStart,
    autostop: plan.autoStop,
    min_machines_running: 0,
  };
  return {
    image,
    guest: plan.guest,
    env: { [SPEC_VARIABLE]: JSON.stringify(plan.spec) },
    mounts: [{ path: WORKSPACE_VOLUME_PATH }],
    services: [...(plan.editor ? [editorService] : []), sshService].map((service) => ({
      ...service,
      ...waking,
    })),
    restart: { policy: "on-failure", max_retries: 10 },
    stop_config: { signal: STOP.signal, timeout: `${STOP.seconds}s` },
  };
}

/** Fly's edge ends TLS in front of the editor. */
const editorService = {
  ...{ protocol: "tcp", internal_port: EDITOR_PORT },
  ports: [
    { port: 80, handlers: ["http"], force_https: true },
    { port: 443, handlers: ["tls", "http"] },
  ],
  checks: [{ type: "http", port: EDITOR_PORT, method: "GET", path: HEALTH.editorPath, ...HEALTH.editor }],
};

/** Raw TCP: SSH has its own encryption. */
const sshService = {
  ...{ protocol: "tcp", internal_port: SSH_PORT },
  ports: [{ port: SSH_PORT }],
  checks: [{ type: "tcp", port: SSH_PORT, ...HEALTH.ssh }],
};
