/** azure-native:containerinstance:ContainerGroup on the local engine. */
import {
  InitializationError,
  type Call,
  type Properties,
  type ResourceDefinition,
  type ResourceState,
} from "../../kit/types";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { idInGroup, groupOf } from "../records/specs";
import { groupFailures } from "./check";
import { containersOf } from "./model";
import { GROUP_LEFT_OUT, groupProperties } from "./properties";
import { groupProblems } from "./ready";
import { removeGroupContainers } from "./remove";
import { startGroup } from "./start";
import { findContainers, groupState, stateOfGroup } from "./state";

const TYPE = "Microsoft.ContainerInstance/containerGroups";
const groupId = idInGroup(TYPE, "containerGroupName");

export const containerGroup: ResourceDefinition<Cloud> = {
  properties: {
    ...groupProperties,
    ...Object.fromEntries(GROUP_LEFT_OUT.map((name) => [name, { type: "any" } as const])),
  },
  outputs: {
    name: {},
    type: {},
    provisioningState: {},
    instanceView: {},
    isCreatedFromStandbyPool: {},
    azureApiVersion: {},
  },

  check: (_call, inputs) => ({ inputs, failures: groupFailures(inputs) }),

  async create(call, inputs) {
    const { records } = call.client;
    const [id, name] = [groupId(call.client, inputs), read.requiredText(inputs, "containerGroupName")];
    if (!(await records.get(groupOf(call.client, inputs))))
      throw new Error(`${id}: there is no such resource group: make it first`);
    if (await records.get(id))
      throw new Error(
        `the container group '${name}' exists already: choose another name, or delete it first`,
      );
    await requireFreeLabel(call.client, id, inputs);
    await records.put({ id, type: TYPE, name, facts: { label: labelOf(inputs) } });
    return deploy(call, id, inputs);
  },

  async read({ client: cloud }, old) {
    const found = await findContainers(cloud, old.id);
    if (!(await cloud.records.get(old.id)) || found.size === 0) return undefined;
    return { ...groupState(old.id, old.inputs, found), inputs: old.inputs };
  },

  async update(call, old, inputs) {
    const running = stateOfGroup(await findContainers(call.client, old.id)) === "Running";
    if (running && fixedPart(old.inputs) !== fixedPart(inputs))
      throw new Error(
        `The updates on container group '${read.requiredText(inputs, "containerGroupName")}' are invalid: to update its OS type, restart ` +
          `policy, network, CPU, memory or GPU resources, delete it first and create a new one`,
      );
    await removeGroupContainers(call.client.engine, old.id);
    return (await deploy(call, old.id, inputs)).state;
  },

  async delete({ client: cloud }, { id }) {
    await removeGroupContainers(cloud.engine, id);
    await cloud.records.remove(id);
  },
};

const labelOf = (inputs: Properties): string =>
  read.text(read.object(inputs, "ipAddress") ?? {}, "dnsNameLabel") ?? "";

/** @throws Error as Azure's DnsNameLabelNotAvailable. */
async function requireFreeLabel({ records }: Cloud, id: string, inputs: Properties): Promise<void> {
  const label = labelOf(inputs);
  const taken = (await records.all()).some(
    (record) => record.type === TYPE && record.id !== id && record.facts.label === label,
  );
  if (label !== "" && taken) throw new Error(`the DNS name label '${label}' is taken: choose another`);
}

/** What Azure changes on no group that exists (learn.microsoft.com/azure/container-instances/container-instances-update). */
function fixedPart(inputs: Properties): string {
  const sizes = containersOf(inputs).map(({ cpus, memoryGb, limitCpus, limitMemoryGb }) => [
    cpus,
    memoryGb,
    limitCpus,
    limitMemoryGb,
  ]);
  return JSON.stringify([
    inputs.osType,
    inputs.restartPolicy ?? "Always",
    inputs.location,
    read.text(read.object(inputs, "ipAddress") ?? {}, "type"),
    sizes,
  ]);
}

/** A group that cannot even be started leaves nothing behind; one that is not well stays, to be looked at. */
async function deploy(call: Call<Cloud>, id: string, inputs: Properties): Promise<ResourceState> {
  try {
    await startGroup(call, id, inputs);
  } catch (error) {
    await removeGroupContainers(call.client.engine, id);
    await call.client.records.remove(id);
    throw error;
  }
  const problems = await groupProblems(call, id, inputs);
  const made = groupState(id, inputs, await findContainers(call.client, id));
  if (problems.length > 0) throw new InitializationError(made, problems);
  return made;
}
