import { createHash } from "node:crypto";
import type { MachinesApi } from "./api";
import { ApiError } from "./api-error";
import { machineAnswer, type Machine } from "./answers";
import { createOnce } from "./create-once";
import { withLease } from "./lease";
import { Deadline, poll } from "./poll";
import type { MachineRequest } from "./request";

/** By these a run finds the machine of an earlier one, and sees what that one gave it. */
export const OWNER_KEY = "berth_workspace";
const DIGEST_KEY = "berth_config";
/** Less than the lease lasts, under which a machine is changed. */
const SECRETS_WITHIN_SECONDS = 20;

/** A config with what tells whose it is. */
export type Wanted = MachineRequest["config"] & { metadata: Record<string, string> };

/** What the machine is to be, with its volume and a digest of all that makes it boot anew. */
export function wantedConfig({ app, config, volume, volumeGb, secretsVersion }: MachineRequest): Wanted {
  const whole = { ...config, mounts: [{ volume, path: mountPath(config) }] };
  const digest = createHash("sha256")
    .update(JSON.stringify([whole, volumeGb, secretsVersion]))
    .digest("hex");
  return { ...whole, metadata: { [OWNER_KEY]: app, [DIGEST_KEY]: digest } };
}

/** Where the config has the volume mounted, of which it cannot know the id. */
function mountPath(config: MachineRequest["config"]): string {
  const [mount] = (config.mounts ?? []) as { path?: string }[];
  return mount?.path ?? "";
}

/** Whether the machine has the config already. */
export function isCurrent({ config }: Machine, { metadata }: Wanted): boolean {
  return config?.metadata?.[DIGEST_KEY] === metadata[DIGEST_KEY];
}

/** @param find looks whether one came to be whose answer was lost. */
export function createMachine(
  api: MachinesApi,
  { app, name, region, running, secretsVersion }: MachineRequest,
  config: Wanted,
  find: () => Promise<Machine | undefined>,
): Promise<Machine> {
  const body = {
    ...{ name, region, config, skip_launch: !running },
    ...(secretsVersion !== null && { min_secrets_version: secretsVersion }),
  };
  const path = `/apps/${app}/machines`;
  return createOnce(
    () => whenSecretsArrived(() => api.ask(machineAnswer, { method: "POST", path, body, timeoutMs: 90_000 })),
    find,
  );
}

/** Gives a machine another config, while nobody else can change it; it boots again where it is to run. */
export async function updateMachine(
  api: MachinesApi,
  { app, running, secretsVersion }: MachineRequest,
  machine: Machine,
  config: Wanted,
): Promise<Machine> {
  const path = `/apps/${app}/machines/${machine.id}`;
  const body = {
    ...{ config, skip_launch: !running, current_version: machine.instance_id },
    ...(secretsVersion !== null && { min_secrets_version: secretsVersion }),
  };
  return withLease(api, path, (headers) =>
    whenSecretsArrived(() =>
      api.ask(machineAnswer, { method: "POST", path, headers, body, timeoutMs: 90_000 }),
    ),
  );
}

/** Secrets that were just set may take some seconds to where the machine is. */
function whenSecretsArrived(change: () => Promise<Machine>): Promise<Machine> {
  const deadline = new Deadline(SECRETS_WITHIN_SECONDS);
  return poll(
    () =>
      change().catch((error: unknown) => {
        const isEarly = error instanceof ApiError && /min_secrets_version/.test(error.words);
        if (isEarly && deadline.leftMs > 0) return undefined;
        throw error;
      }),
    deadline,
    () =>
      `Fly.io: its secrets did not reach the machine within ${SECRETS_WITHIN_SECONDS} s: run the command again`,
  );
}
