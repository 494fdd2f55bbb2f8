import type { input as azure } from "@pulumi/azure-native/types";
import type * as pulumi from "@pulumi/pulumi";
import { STOPPED_MARKER } from "../../spec/workspace/in-container";
import { SIDECAR_HEALTH_PORT, TLS_PORTS, type CaddySettings } from "./caddyfile";
import type { GroupResources } from "./sizes";
import { CADDY_FOLDER, SIDECAR_MOUNTS } from "./volumes";

export interface SidecarSettings {
  image: string;
  caddy: pulumi.Input<CaddySettings>;
}

/** Caddy ends with the workspace, so that the whole group is over and costs nothing; if it dies before, Azure restarts it. */
const COMMAND = `caddy run --config ${CADDY_FOLDER}/Caddyfile --adapter caddyfile &
caddy=$!
trap 'kill $caddy; exit 0' TERM
while [ ! -e ${STOPPED_MARKER} ]; do
  kill -0 $caddy || exit 1
  sleep 2 & wait $!
done
kill $caddy
wait $caddy
exit 0`;

/** The container that ends TLS in front of the editor. */
export function sidecar(
  { image }: SidecarSettings,
  resources: GroupResources,
): azure.containerinstance.ContainerArgs {
  if (resources.sidecar === undefined) throw new Error("a TLS sidecar was left out of the group's sizes");
  return {
    name: "tls",
    image,
    command: ["sh", "-c", COMMAND],
    resources: resources.sidecar,
    ports: [...Object.values(TLS_PORTS), SIDECAR_HEALTH_PORT].map((port) => ({ port, protocol: "TCP" })),
    volumeMounts: SIDECAR_MOUNTS,
    livenessProbe: { ...health, initialDelaySeconds: 20, periodSeconds: 30, failureThreshold: 3 },
    readinessProbe: { ...health, initialDelaySeconds: 2, periodSeconds: 5, failureThreshold: 6 },
  };
}

const health: azure.containerinstance.ContainerProbeArgs = {
  httpGet: { path: "/", port: SIDECAR_HEALTH_PORT, scheme: "http" },
  successThreshold: 1,
  timeoutSeconds: 5,
};
