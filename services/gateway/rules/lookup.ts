import { z } from "zod";
import { lookUp, lookUpList, type RequestContext } from "./context";
import {
  inspectedContainer,
  inspectedExec,
  inspectedNetwork,
  inspectedVolume,
  listedContainer,
  type InspectedContainer,
  type InspectedNetwork,
  type InspectedVolume,
  type ListedContainer,
} from "./engine-objects";
import type { Access } from "./ownership";
import { absent } from "./refusals";

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const FULL_ID = /^[0-9a-f]{64}$/;
const ID_PREFIX = /^[0-9a-f]{1,63}$/;

/**
 * Finds a container by name, id, or start of an id that is unique among the caller's own. The engine's own search is never relied
 * on: it would tell apart what is another's and what is absent.
 * @throws Refused as the engine answers for what does not exist
 */
export async function findContainer(
  context: RequestContext,
  reference: string,
  access: Access,
): Promise<InspectedContainer> {
  const name = reference.startsWith("/") ? reference.slice(1) : reference;
  if (!NAME.test(name)) absent.container(reference);
  for (const candidate of candidates(context, name)) {
    const body = await lookUp(context.engine, `/containers/${candidate}/json`);
    const found = inspectedContainer.safeParse(body).data;
    if (!found || (found.Name !== `/${candidate}` && found.Id !== candidate)) continue;
    if (context.ownership.permits(access, found.Config.Labels)) return found;
  }
  const id = ID_PREFIX.test(name) ? await byPrefix(context, name, access) : undefined;
  const found = id === undefined ? undefined : await lookUp(context.engine, `/containers/${id}/json`);
  return inspectedContainer.safeParse(found).data ?? absent.container(reference);
}

/** Names to ask the engine for, the caller's own first. */
function candidates({ ownership }: RequestContext, name: string): string[] {
  if (FULL_ID.test(name) || ownership.isOwnName(name)) return [name];
  const own = ownership.environments.map((known) => `${ownership.start(known)}${name}`);
  // The engine would take it for the start of an id, and say whether there are several.
  return ID_PREFIX.test(name) ? own : [...own, name];
}

async function byPrefix(
  context: RequestContext,
  prefix: string,
  access: Access,
): Promise<string | undefined> {
  const found = (await listContainers(context)).filter(
    ({ Id, Labels }) => Id.startsWith(prefix) && context.ownership.permits(access, Labels),
  );
  return found.length === 1 ? found[0]?.Id : undefined;
}

/** Every container of an installation that the caller may have something to do with. */
export async function listContainers({ engine, ownership }: RequestContext): Promise<ListedContainer[]> {
  const stack =
    ownership.caller.role === "developer" ? `berth.stack=${ownership.settings.stack}` : "berth.stack";
  const body = await lookUpList(engine, "/containers/json", { all: "1", filters: { label: [stack] } });
  return listedContainer.array().parse(body);
}

/** Finds an exec by its full id, through the container that it runs in. */
export async function findExec(
  context: RequestContext,
  id: string,
  access: Access,
): Promise<InspectedContainer> {
  if (!FULL_ID.test(id)) return absent.exec(id);
  const exec = inspectedExec.safeParse(await lookUp(context.engine, `/exec/${id}/json`)).data;
  if (!exec || exec.ID !== id || !FULL_ID.test(exec.ContainerID)) return absent.exec(id);
  const container = inspectedContainer.safeParse(
    await lookUp(context.engine, `/containers/${exec.ContainerID}/json`),
  ).data;
  if (!container || !context.ownership.permits(access, container.Config.Labels)) return absent.exec(id);
  return container;
}

/** Finds a network by name, id, or start of an id that is unique among what the caller may reach. */
export async function findNetwork(
  context: RequestContext,
  reference: string,
  access: Access,
): Promise<InspectedNetwork> {
  if (!NAME.test(reference)) return absent.network(reference);
  for (const candidate of candidates(context, reference)) {
    const found = inspectedNetwork.safeParse(await lookUp(context.engine, `/networks/${candidate}`)).data;
    if (!found || (found.Name !== candidate && found.Id !== candidate)) continue;
    if (context.ownership.permits(access, found.Labels)) return found;
  }
  if (ID_PREFIX.test(reference)) {
    const found = (await listNetworks(context)).filter(
      ({ Id, Labels }) => Id.startsWith(reference) && context.ownership.permits(access, Labels),
    );
    if (found.length === 1 && found[0]) return found[0];
  }
  return absent.network(reference);
}

/** Every network of an installation. */
export async function listNetworks({ engine }: RequestContext): Promise<InspectedNetwork[]> {
  const body = await lookUpList(engine, "/networks", { filters: { label: ["berth.stack"] } });
  return inspectedNetwork.array().parse(body);
}

/** Every volume of an installation. */
export async function listVolumes({ engine }: RequestContext): Promise<InspectedVolume[]> {
  const body = await lookUpList(engine, "/volumes", { filters: { label: ["berth.stack"] } });
  const list = z.looseObject({ Volumes: inspectedVolume.array().nullish() }).parse(body);
  return list.Volumes ?? [];
}

/** Finds a volume by its name, with or without the caller's start; one without a name of its own has an id for a name. */
export async function findVolume(
  context: RequestContext,
  name: string,
  access: Access,
): Promise<InspectedVolume> {
  return (await maybeVolume(context, name, access)) ?? absent.volume(name);
}

/** As `findVolume`; undefined where there is none that the caller may use so. */
export async function maybeVolume(
  context: RequestContext,
  name: string,
  access: Access,
): Promise<InspectedVolume | undefined> {
  if (!NAME.test(name)) return absent.volume(name);
  for (const candidate of candidates(context, name)) {
    const found = inspectedVolume.safeParse(await lookUp(context.engine, `/volumes/${candidate}`)).data;
    if (found?.Name === candidate && context.ownership.permits(access, found.Labels)) return found;
  }
  return undefined;
}

/** Whether any volume has the physical name, whoever's it is. */
export async function isTaken({ engine }: RequestContext, physical: string): Promise<boolean> {
  return inspectedVolume.safeParse(await lookUp(engine, `/volumes/${physical}`)).success;
}
