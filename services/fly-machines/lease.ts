import type { MachinesApi } from "./api";
import { ApiError } from "./api-error";
import { leaseAnswer } from "./answers";
import { Deadline, poll } from "./poll";

/** A run that was killed holds its lease for so long. */
const TTL_SECONDS = 30;
const FREE_WITHIN_SECONDS = 60;

/**
 * Changes a machine while nobody else can.
 * @param path of the machine.
 * @param change gets the header that shows whose the lease is.
 */
export async function withLease<T>(
  api: MachinesApi,
  path: string,
  change: (headers: Record<string, string>) => Promise<T>,
): Promise<T> {
  const headers = { "fly-machine-lease-nonce": await takeLease(api, `${path}/lease`) };
  try {
    return await change(headers);
  } finally {
    // A lease that stays ends by itself, and must not hide how the change went.
    await api.send({ method: "DELETE", path: `${path}/lease`, headers }).catch(() => undefined);
  }
}

async function takeLease(api: MachinesApi, path: string): Promise<string> {
  let holder = "somebody";
  return poll(
    async () => {
      try {
        const body = { ttl: TTL_SECONDS, description: "berth" };
        return (await api.ask(leaseAnswer, { method: "POST", path, body })).data.nonce;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        holder = (await api.find(leaseAnswer, { method: "GET", path }))?.data.owner ?? holder;
        return undefined;
      }
    },
    new Deadline(FREE_WITHIN_SECONDS),
    () =>
      `Fly.io: ${holder} holds the lease of ${path.replace(/\/lease$/, "")} and changes that machine now: wait until that is done, or 'fly machine leases clear', then run the command again`,
  );
}
