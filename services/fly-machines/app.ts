import type { MachinesApi } from "./api";
import { createOnce } from "./create-once";
import { addressAnswer, addressesAnswer, appAnswer, machinesAnswer, volumesAnswer } from "./answers";
import { Deadline, poll } from "./poll";
import type { AppRequest, StepResults } from "./request";
import { exists } from "./volume";

/** How long an app that was just made may be unknown to parts of Fly.io. */
const APPEARS_WITHIN_SECONDS = 60;

/** Makes the app, or takes the one that an earlier run made, and gives it its addresses. */
export async function ensureApp(api: MachinesApi, request: AppRequest): Promise<StepResults["app"]> {
  const path = `/apps/${request.app}`;
  const app = (await api.find(appAnswer, { method: "GET", path })) ?? (await makeApp(api, request));
  const organization = app.organization.slug;
  // "personal" stands for whoever's token it is, whatever the slug of that organization.
  if (organization !== request.organization && request.organization !== "personal") {
    throw new Error(
      `Fly.io: the app ${request.app} belongs to the organization ${organization} and not to ${request.organization}: name that one, or choose another namePrefix`,
    );
  }
  return { id: app.id, organization, addresses: await ensureAddresses(api, request) };
}

async function makeApp(api: MachinesApi, { app, organization }: AppRequest) {
  const look = () => api.find(appAnswer, { method: "GET", path: `/apps/${app}` });
  const body = { app_name: app, org_slug: organization };
  await createOnce<unknown>(() => api.send({ method: "POST", path: "/apps?wait=true", body }), look);
  return poll(
    look,
    new Deadline(APPEARS_WITHIN_SECONDS),
    () => `Fly.io: the app ${app} was made, and is still unknown there: run the command again`,
  );
}

async function ensureAddresses(api: MachinesApi, { app, ipv4 }: AppRequest): Promise<string[]> {
  const path = `/apps/${app}/ip_assignments`;
  const { ips } = await api.ask(addressesAnswer, { method: "GET", path });
  const addresses = ips.map(({ ip }) => ip);
  const lacking = {
    v6: !ips.some(({ ip }) => ip.includes(":") && !ip.startsWith("fdaa:")),
    v4: ipv4 === "dedicated" && !ips.some(({ ip, shared }) => ip.includes(".") && !shared),
    shared_v4: ipv4 === "shared" && !ips.some(({ ip, shared }) => ip.includes(".") && shared),
  };
  for (const [type, lacks] of Object.entries(lacking)) {
    if (!lacks) continue;
    const { ip } = await api.ask(addressAnswer, { method: "POST", path, body: { type } });
    addresses.push(ip);
  }
  if (ipv4 === "dedicated") return addresses.sort();
  const billed = ips.filter(({ ip, shared }) => ip.includes(".") && !shared).map(({ ip }) => ip);
  for (const ip of billed) await api.send({ method: "DELETE", path: `${path}/${ip}` });
  return addresses.filter((address) => !billed.includes(address)).sort();
}

/**
 * Removes the app, unless there is something in it that would go with it: a volume that was kept, or a machine that is not ours.
 * @returns a sentence of what became of it.
 */
export async function removeApp(api: MachinesApi, { app }: AppRequest): Promise<string> {
  const path = `/apps/${app}`;
  if ((await api.find(appAnswer, { method: "GET", path })) === undefined) return `app ${app} is gone already`;
  const volumes = await api.ask(volumesAnswer, { method: "GET", path: `${path}/volumes` });
  const kept = volumes.filter(exists).map(({ id }) => `volume ${id}`);
  const machines = await api.ask(machinesAnswer, { method: "GET", path: `${path}/machines` });
  const left = machines
    .filter(({ state }) => !["destroying", "destroyed"].includes(state))
    .map(({ id }) => `machine ${id}`);
  if (kept.length + left.length > 0) {
    return `app ${app} stays, because it holds ${[...kept, ...left].join(" and ")}: 'fly apps destroy ${app}' deletes all of it`;
  }
  await api.send({ method: "DELETE", path });
  return `app ${app} was removed`;
}
