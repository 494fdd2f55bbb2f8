/** Images of a group: those of the emulation's own registries are on the local engine, where "pushed" means built or tagged. */
import type { Call, Properties } from "../../kit/types";
import * as read from "../../docker/support/values";
import { ensureImage, inspectImage } from "../../docker/engine/pull";
import type { Cloud } from "../cloud/cloud";
import { knownTexts, type GroupContainer } from "./model";

/** Azure's built-in roles that may pull, by the UUID of their definition. */
const MAY_PULL: readonly string[] = [
  "7f951dda-4ed3-4680-a7ca-43fe172d538d", // AcrPull
  "8311e382-0749-4cb8-b61a-304f252e45ec", // AcrPush
];

/**
 * The id of a container's image.
 * @throws Error as Azure's InaccessibleImage: the image is not there, or the group's identity may not pull it.
 */
export async function imageIdOf(
  call: Call<Cloud>,
  inputs: Properties,
  { name, image }: GroupContainer,
): Promise<string> {
  const { engine, records } = call.client;
  if (image === "") throw new Error(`container ${name} names no image`);
  const [host = "", ...rest] = image.split("/");
  const registry = host.endsWith(".azurecr.io")
    ? await records.byName("Microsoft.ContainerRegistry/registries", host.replace(/\.azurecr\.io$/, ""))
    : undefined;
  if (registry === undefined)
    return (
      await ensureImage(engine, image, { signal: call.signal, onStatus: (line) => call.logStatus(line) })
    ).Id;
  await requirePullRight(call.client, inputs, host, registry.id);
  const found = (await inspectImage(engine, image)) ?? (await inspectImage(engine, rest.join("/")));
  if (found) return found.Id;
  throw new Error(
    `container ${name}: the image ${image} was not pushed: in this emulation that means an image ${rest.join("/")} on the local engine; build or tag it`,
  );
}

async function requirePullRight(
  { records }: Cloud,
  inputs: Properties,
  host: string,
  registryId: string,
): Promise<void> {
  const credential = read
    .objects(inputs, "imageRegistryCredentials")
    .find((one) => read.text(one, "server") === host);
  const identityId = credential && read.text(credential, "identity");
  const held = knownTexts(read.object(inputs, "identity") ?? {}, "userAssignedIdentities");
  const identity =
    identityId !== undefined && held.includes(identityId) ? await records.get(identityId) : undefined;
  const rights = (await records.all()).filter(
    (record) =>
      record.type === "Microsoft.Authorization/roleAssignments" &&
      record.id.startsWith(`${registryId}/`) &&
      record.facts.principalId === identity?.facts.principalId &&
      MAY_PULL.includes(record.facts.role ?? ""),
  );
  if (identity === undefined || rights.length === 0)
    throw new Error(
      `${host} refuses the group's identity: give imageRegistryCredentials an identity of the group that has the role AcrPull on ${registryId}`,
    );
}
