import { z } from "zod";

/** What a machine is built of, as the Machines API takes it (`guest`). */
export const guestSchema = z.strictObject({
  cpu_kind: z.enum(["shared", "performance"]),
  cpus: z.int().positive(),
  memory_mb: z.int().positive(),
});
export type Guest = z.output<typeof guestSchema>;

const app = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);

/** The app, and the addresses by which it is reached. */
export const appRequest = z.strictObject({
  app,
  /** Slug. */
  organization: z.string().min(1),
  /** `dedicated`: of its own, as raw TCP needs; `shared`: one of Fly's, for HTTP only. An IPv6 address it gets always. */
  ipv4: z.enum(["dedicated", "shared"]),
});
export type AppRequest = z.output<typeof appRequest>;

export const volumeRequest = z.strictObject({
  app,
  name: z.string().regex(/^[a-z0-9_]{1,30}$/),
  region: z.string().min(1),
  sizeGb: z.int().positive(),
  snapshotRetentionDays: z.int().min(1).max(60),
  /** The machine that will mount it: Fly.io looks for a host that has room for both. */
  guest: guestSchema,
  /** Whether it is deleted, with all that is on it, when its resource goes. */
  deleteData: z.boolean(),
});
export type VolumeRequest = z.output<typeof volumeRequest>;

/** Secrets of the app that begin with `prefix`: these, and no others. */
export const secretsRequest = z.strictObject({
  app,
  prefix: z.string().min(1),
  values: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string()),
});
export type SecretsRequest = z.output<typeof secretsRequest>;

export const machineRequest = z.strictObject({
  app,
  name: z.string().min(1),
  region: z.string().min(1),
  /** Id of the volume that it mounts. */
  volume: z.string().min(1),
  /** Its size: a machine sees a larger one when it boots again. */
  volumeGb: z.int().positive(),
  running: z.boolean(),
  /** Another text has the machine looked at again. */
  attempt: z.string(),
  /** The app's secrets must be at least this new when it boots; null where none were ever set. */
  secretsVersion: z.int().nullable(),
  /** How long it may take until it runs and its checks pass. */
  withinSeconds: z.int().positive(),
  /** As the Machines API takes it, without metadata. */
  config: z.looseObject({ image: z.string().min(1), guest: guestSchema }),
});
export type MachineRequest = z.output<typeof machineRequest>;

/** What each step reads on standard input, by its word. */
export const requests = {
  app: appRequest,
  volume: volumeRequest,
  secrets: secretsRequest,
  machine: machineRequest,
} as const;
export type Step = keyof typeof requests;

/** What each step prints on standard output, as JSON. */
export interface StepResults {
  app: { id: string; organization: string; addresses: string[] };
  volume: { id: string; sizeGb: number };
  secrets: { version: number | null; names: string[] };
  machine: { id: string; instanceId: string; state: string };
}
