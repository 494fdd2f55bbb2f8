import type { ResourceDefinition } from "../../kit/types";
import type { Cloud } from "../cloud/cloud";
import { resourceGroupId } from "../cloud/ids";
import { removeGroupContainers } from "../group/remove";
import { removeShareVolume } from "./share-volume";
import { recordResource } from "./record-resource";
import { fixedLocation, pathText, tags } from "./specs";
import * as read from "../../docker/support/values";

/** azure-native:resources:ResourceGroup. Deleting one deletes all that is in it, as in Azure. */
export const resourceGroup: ResourceDefinition<Cloud> = recordResource({
  type: "Microsoft.Resources/resourceGroups",
  properties: { resourceGroupName: pathText(), location: fixedLocation(), tags: tags() },
  leftOut: ["managedBy"],
  name: { input: "resourceGroupName", rule: "resourceGroup" },
  outputs: ["properties"],
  parents: () => [],
  id: ({ subscriptionId }, inputs) =>
    resourceGroupId(subscriptionId, read.requiredText(inputs, "resourceGroupName")),
  state: () => ({ properties: { provisioningState: "Succeeded" } }),
  async removed({ client: cloud }, _state, id) {
    const inside = (await cloud.records.all()).filter((record) =>
      record.id.toLowerCase().startsWith(`${id.toLowerCase()}/`),
    );
    for (const record of inside) {
      if (record.type.endsWith("/containerGroups")) await removeGroupContainers(cloud.engine, record.id);
      if (record.type.endsWith("/shares")) await removeShareVolume(cloud.engine, record.facts.volume ?? "");
      await cloud.records.remove(record.id);
    }
  },
});
