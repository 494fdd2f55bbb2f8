import { z } from "zod";

/** The parts of the engine's answers that the rules read; everything else is kept as it is. */
const labels = z.record(z.string(), z.string()).nullish();
const mount = z.looseObject({
  Type: z.string().optional(),
  Name: z.string().optional(),
  Source: z.string().optional(),
  RW: z.boolean().optional(),
});

export const inspectedContainer = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  Config: z.looseObject({ Labels: labels, Hostname: z.string().optional() }),
  HostConfig: z.looseObject({
    Memory: z.number().optional(),
    NanoCpus: z.number().optional(),
    NetworkMode: z.string().optional(),
    Binds: z.array(z.string()).nullish(),
  }),
  Mounts: z.array(mount).nullish(),
});
export type InspectedContainer = z.infer<typeof inspectedContainer>;

export const listedContainer = z.looseObject({
  Id: z.string(),
  Names: z.array(z.string()).nullish(),
  Labels: labels,
});
export type ListedContainer = z.infer<typeof listedContainer>;

export const inspectedNetwork = z.looseObject({ Id: z.string(), Name: z.string(), Labels: labels });
export type InspectedNetwork = z.infer<typeof inspectedNetwork>;

export const inspectedVolume = z.looseObject({ Name: z.string(), Labels: labels });
export type InspectedVolume = z.infer<typeof inspectedVolume>;

const imageTags = z.array(z.string()).nullish();
export const inspectedImage = z.looseObject({
  Id: z.string(),
  RepoTags: imageTags,
  RepoDigests: imageTags,
  Config: z.looseObject({ Labels: labels, Volumes: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});
export type InspectedImage = z.infer<typeof inspectedImage>;

export const listedImage = z.looseObject({
  Id: z.string(),
  RepoTags: imageTags,
  RepoDigests: imageTags,
  Labels: labels,
});
export type ListedImage = z.infer<typeof listedImage>;

export const inspectedExec = z.looseObject({ ID: z.string(), ContainerID: z.string() });
