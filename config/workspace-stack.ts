/** What a workspace's stack is told (workspaces/Pulumi.<stack>.yaml). */
import { z } from "zod";
import { namePart } from "./fields";
import { workspaceSpec } from "../spec/workspace/workspace-spec";

/** On a Docker host: what the dev stack there made, and how its images are built. */
const local = z.strictObject({
  prefix: namePart(24),
  engine: z.strictObject({ host: z.string(), certPath: z.string().optional(), socketPath: z.string() }),
  network: z.string().min(1),
  proxyUrl: z.url(),
  /** `build`, or a reference of an image on the engine. */
  image: z.string().min(1),
  /** Stage of images/workspace, where it is built. */
  target: z.enum(["remote", "full"]).default("full"),
  build: z.strictObject({
    baseImage: z.string(),
    extraCaImage: z.string(),
    builder: z.enum(["classic", "buildkit"]),
  }),
  extraCa: z.strictObject({ path: z.string(), sha256: z.string(), tag: z.string() }).optional(),
});

/** Of all workspaces on Azure; the meaning of each is in components/cloud-workspace.ts. */
const azure = z.strictObject({
  image: z.string().min(1),
  location: z.string().min(1),
  tls: z.union([
    z.literal(false),
    z.strictObject({
      email: z.email(),
      image: z.string().optional(),
      issuer: z.enum(["acme", "internal"]).optional(),
      acmeDirectory: z.url().optional(),
    }),
  ]),
  environment: z.string().optional(),
  prefix: namePart(24).optional(),
  gpu: z.strictObject({ count: z.literal([1, 2, 4]), sku: z.enum(["K80", "P100", "V100"]) }).optional(),
  logs: z.strictObject({ retentionDays: z.int().min(1) }).optional(),
  registry: z.strictObject({ id: z.string(), loginServer: z.string() }).optional(),
  softDeleteDays: z.int().min(1).max(365).optional(),
});

/** Of all workspaces on Fly.io; the meaning of each is in components/fly-workspace.ts. */
const fly = z.strictObject({
  image: z.string().min(1),
  region: z.string().regex(/^[a-z]{3}$/, "must be three letters of Fly's list of regions"),
  organization: z.string().optional(),
  namePrefix: namePart(24).optional(),
  target: z.enum(["remote", "full"]).optional(),
  cpuKind: z.enum(["shared", "performance"]).optional(),
  snapshotRetentionDays: z.int().min(1).max(60).optional(),
  dedicatedIpv4: z.boolean().optional(),
  autoStop: z.boolean().optional(),
  autoStart: z.boolean().optional(),
});

const common = {
  /** Developer id. */
  owner: namePart(16),
  spec: workspaceSpec,
  /** False: stopped, its volume kept. */
  running: z.boolean(),
  /** Whether a destroy takes the data too. */
  deleteData: z.boolean().default(false),
  /** Another text has a workspace looked at again that has stopped itself. */
  attempt: z.string().optional(),
};

/** Told apart by the place. */
export const workspaceSettings = z.discriminatedUnion("place", [
  z.strictObject({ place: z.literal("local"), ...common, local }),
  z.strictObject({ place: z.literal("azure"), ...common, azure }),
  z.strictObject({ place: z.literal("fly"), ...common, fly }),
]);

export type WorkspaceSettings = z.output<typeof workspaceSettings>;
export type LocalSettings = z.output<typeof local>;
