import { z } from "zod";

// The fields that we read of the Machines API's answers (https://fly.io/docs/machines/api/); it may add others at any time.

export const appAnswer = z.looseObject({
  id: z.string(),
  organization: z.looseObject({ slug: z.string() }),
});

export const addressesAnswer = z.looseObject({
  ips: z.array(z.looseObject({ ip: z.string(), shared: z.boolean().default(false) })),
});

export const addressAnswer = z.looseObject({ ip: z.string() });

export const volumeAnswer = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  size_gb: z.int(),
  region: z.string(),
  encrypted: z.boolean(),
  attached_machine_id: z.string().nullish(),
  snapshot_retention: z.int().nullish(),
});
export type Volume = z.output<typeof volumeAnswer>;
export const volumesAnswer = z.array(volumeAnswer);

export const secretsAnswer = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) });
export const secretsVersionAnswer = z.looseObject({ version: z.int() });

export const machineAnswer = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  region: z.string(),
  instance_id: z.string(),
  config: z
    .looseObject({
      metadata: z.record(z.string(), z.string()).nullish(),
      mounts: z.array(z.looseObject({ volume: z.string().optional() })).nullish(),
    })
    .nullish(),
  /** The latest first. */
  events: z
    .array(
      z.looseObject({
        type: z.string(),
        request: z
          .looseObject({
            exit_event: z
              .looseObject({
                exit_code: z.int().optional(),
                oom_killed: z.boolean().optional(),
                /** By its restart policy. */
                restarting: z.boolean().optional(),
              })
              .nullish(),
          })
          .nullish(),
      }),
    )
    .nullish(),
  checks: z
    .array(z.looseObject({ name: z.string(), status: z.string(), output: z.string().optional() }))
    .nullish(),
});
export type Machine = z.output<typeof machineAnswer>;
export const machinesAnswer = z.array(machineAnswer);

export const leaseAnswer = z.looseObject({
  data: z.looseObject({
    nonce: z.string().optional(),
    /** Seconds since 1970. */
    expires_at: z.number().optional(),
    owner: z.string().optional(),
  }),
});
