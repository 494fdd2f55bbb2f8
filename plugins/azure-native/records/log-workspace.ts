import { randomBytes } from "node:crypto";
import type { ResourceDefinition } from "../../kit/types";
import * as spec from "../../docker/support/spec";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { uuidOf } from "../cloud/ids";
import { recordResource } from "./record-resource";
import { fixedLocation, groupOf, idInGroup, pathText, tags } from "./specs";

const WORKSPACES = "Microsoft.OperationalInsights/workspaces";

/** azure-native:operationalinsights:Workspace. Nothing is sent to it: what containers print is in `docker logs`. */
export const logWorkspace: ResourceDefinition<Cloud> = recordResource({
  type: WORKSPACES,
  properties: {
    workspaceName: pathText(),
    resourceGroupName: pathText(),
    location: fixedLocation(),
    tags: tags(),
    sku: spec.object({
      name: spec.text({
        required: true,
        enum: [
          "Free",
          "Standard",
          "Premium",
          "PerNode",
          "PerGB2018",
          "Standalone",
          "CapacityReservation",
          "LACluster",
        ],
      }),
      capacityReservationLevel: spec.integer(),
    }),
    retentionInDays: spec.integer(),
    publicNetworkAccessForIngestion: spec.text({ default: "Enabled", enum: ["Enabled", "Disabled"] }),
    publicNetworkAccessForQuery: spec.text({ default: "Enabled", enum: ["Enabled", "Disabled"] }),
  },
  leftOut: [
    "defaultDataCollectionRuleResourceId",
    "features",
    "forceCmkForQuery",
    "identity",
    "workspaceCapping",
  ],
  name: { input: "workspaceName", rule: "logWorkspace" },
  outputs: ["createdDate", "customerId", "provisioningState"],
  parents: (cloud, inputs) => [groupOf(cloud, inputs)],
  id: idInGroup(WORKSPACES, "workspaceName"),
  facts: (id) => ({
    primary: randomBytes(64).toString("base64"),
    secondary: randomBytes(64).toString("base64"),
    customerId: uuidOf(`customer ${id}`),
  }),
  state: (_cloud, _inputs, { customerId = "" }) => ({ customerId, provisioningState: "Succeeded" }),
  problems(inputs) {
    const days = read.number(inputs, "retentionInDays");
    if (days === undefined || (days >= 30 && days <= 730)) return [];
    return [{ property: "retentionInDays", reason: "must be 30 to 730" }];
  },
});
