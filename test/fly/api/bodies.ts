import { z } from "zod";

// Bodies of requests as the published documents have them (https://fly.io/docs/machines/api/, https://docs.machines.dev): a field that
// is not there is a mistake of ours, so that these are strict where the real service may not be.

const duration = z.union([z.int().nonnegative(), z.string().regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/)]);
const port = z.int().min(1).max(65_535);

const KINDS = {
  shared: { cpus: [1, 2, 4, 6, 8], least: 256, most: 2048 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16], least: 2048, most: 8192 },
} as const;

const guest = z
  .strictObject({
    cpu_kind: z.enum(["shared", "performance"]),
    cpus: z.int(),
    memory_mb: z.int().multipleOf(256),
  })
  .superRefine(({ cpu_kind, cpus, memory_mb }, context) => {
    const kind = KINDS[cpu_kind];
    if (!(kind.cpus as readonly number[]).includes(cpus))
      context.addIssue({ code: "custom", message: `invalid cpus: ${cpus}` });
    if (memory_mb < kind.least * cpus || memory_mb > kind.most * cpus)
      context.addIssue({ code: "custom", message: `invalid memory_mb: ${memory_mb}` });
  });

const check = z.strictObject({
  type: z.enum(["tcp", "http"]),
  port: port.optional(),
  interval: duration.optional(),
  timeout: duration.optional(),
  grace_period: duration.optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  protocol: z.enum(["http", "https"]).optional(),
  headers: z.array(z.strictObject({ name: z.string(), values: z.array(z.string()) })).optional(),
});

const service = z.strictObject({
  protocol: z.enum(["tcp", "udp"]),
  internal_port: port,
  autostop: z.union([z.boolean(), z.enum(["off", "stop", "suspend"])]).optional(),
  autostart: z.boolean().optional(),
  min_machines_running: z.int().nonnegative().optional(),
  ports: z
    .array(
      z.strictObject({
        port,
        handlers: z.array(z.enum(["http", "tls", "proxy_proto", "pg_tls", "edge_http"])).optional(),
        force_https: z.boolean().optional(),
      }),
    )
    .min(1),
  checks: z.array(check).optional(),
  concurrency: z
    .strictObject({
      type: z.enum(["connections", "requests"]),
      soft_limit: z.int().positive().optional(),
      hard_limit: z.int().positive().optional(),
    })
    .optional(),
});

const machineConfig = z.strictObject({
  image: z.string().min(1),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()).optional(),
  guest,
  metadata: z.record(z.string(), z.string()).optional(),
  mounts: z
    .array(z.strictObject({ volume: z.string(), path: z.string().startsWith("/") }))
    .max(1)
    .optional(),
  services: z.array(service).optional(),
  checks: z.record(z.string(), check.required({ port: true })).optional(),
  files: z
    .array(
      z.strictObject({
        guest_path: z.string().startsWith("/"),
        raw_value: z.base64().optional(),
        secret_name: z.string().optional(),
        mode: z.int().optional(),
      }),
    )
    .optional(),
  restart: z
    .strictObject({ policy: z.enum(["no", "always", "on-failure"]), max_retries: z.int().optional() })
    .optional(),
  stop_config: z.strictObject({ signal: z.string().startsWith("SIG"), timeout: duration }).optional(),
  auto_destroy: z.boolean().optional(),
});
export type MachineConfig = z.output<typeof machineConfig>;

export const createApp = z.strictObject({
  app_name: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/, "must consist of only lowercase letters, numbers, and dashes"),
  org_slug: z.string().min(1),
  network: z.string().optional(),
  enable_subdomains: z.boolean().optional(),
});

export const assignAddress = z.strictObject({
  type: z.enum(["v4", "v6", "shared_v4", "private_v6"]),
  region: z.string().optional(),
  org_slug: z.string().optional(),
  network: z.string().optional(),
  service_name: z.string().optional(),
});

export const createVolume = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,30}$/),
  region: z.string(),
  size_gb: z.int().min(1).max(500).default(3),
  encrypted: z.boolean().default(true),
  fstype: z.enum(["ext4", "raw"]).optional(),
  snapshot_retention: z.int().min(1).max(60).default(5),
  auto_backup_enabled: z.boolean().default(true),
  require_unique_zone: z.boolean().optional(),
  compute: guest.optional(),
});

export const updateVolume = z.strictObject({
  snapshot_retention: z.int().min(1).max(60).optional(),
  auto_backup_enabled: z.boolean().optional(),
});

export const extendVolume = z.strictObject({ size_gb: z.int().positive() });

export const updateSecrets = z.strictObject({
  values: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().nullable()),
});

const launch = {
  config: machineConfig,
  skip_launch: z.boolean().default(false),
  skip_service_registration: z.boolean().optional(),
  min_secrets_version: z.int().optional(),
  lease_ttl: z.int().optional(),
};
export const createMachine = z.strictObject({
  ...launch,
  name: z.string().optional(),
  region: z.string(),
});
export const updateMachine = z.strictObject({ ...launch, current_version: z.string().optional() });

export const stopMachine = z
  .strictObject({ signal: z.string().startsWith("SIG").optional(), timeout: duration.optional() })
  .nullish();
export const createLease = z
  .strictObject({ ttl: z.int().positive().default(60), description: z.string().optional() })
  .prefault({});
