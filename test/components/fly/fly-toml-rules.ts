import { z } from "zod";

// The keys that Berth writes into a fly.toml, by the rules of the schema that SchemaStore publishes for it (fly.json), of Fly's own reference
// (https://fly.io/docs/reference/configuration/) and of flyctl's parser. Written anew from those; a key that is not here is a mistake.

const port = z.int().min(1).max(65_535);
const duration = z.union([z.int(), z.string().regex(/^\d+(ms|s|m|h)$/)]);
const check = { grace_period: duration, interval: duration, timeout: duration };
const waking = {
  internal_port: port,
  auto_stop_machines: z.enum(["off", "stop", "suspend"]),
  auto_start_machines: z.boolean(),
  min_machines_running: z.int().min(0),
};

export const flyTomlFile = z.strictObject({
  app: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  primary_region: z.string().regex(/^[a-z]{3}$/),
  kill_signal: z.enum(["SIGINT", "SIGTERM", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGKILL", "SIGSTOP"]),
  kill_timeout: z.int().min(1).max(300),
  build: z.strictObject({
    dockerfile: z.string(),
    "build-target": z.string(),
    args: z.record(z.string(), z.string()),
  }),
  env: z.record(z.string(), z.string()),
  http_service: z
    .strictObject({
      ...waking,
      force_https: z.boolean(),
      checks: z.array(z.strictObject({ ...check, method: z.string(), path: z.string().startsWith("/") })),
    })
    .optional(),
  services: z.array(
    z.strictObject({
      ...waking,
      protocol: z.enum(["tcp", "udp"]),
      ports: z.array(z.strictObject({ port })).min(1),
      tcp_checks: z.array(z.strictObject(check)),
    }),
  ),
  mounts: z.strictObject({
    source: z.string().regex(/^[a-z0-9_]{1,30}$/),
    destination: z.string().regex(/^\/[^/]/),
    initial_size: z.string().regex(/^\d+gb$/),
    snapshot_retention: z.int().min(1).max(60),
  }),
  vm: z
    .array(
      z.strictObject({
        cpu_kind: z.enum(["shared", "performance"]),
        cpus: z.literal([1, 2, 4, 8, 16]),
        memory: z.string().regex(/^\d+mb$/),
      }),
    )
    .length(1),
  restart: z.array(
    z.strictObject({ policy: z.enum(["always", "never", "on-failure"]), retries: z.int().positive() }),
  ),
});
