/** Property tables that several resources of Azure share. */
import type { Properties, PropertySpec } from "../../kit/types";
import * as spec from "../../docker/support/spec";
import * as read from "../../docker/support/values";
import type { Cloud } from "../cloud/cloud";
import { resourceGroupId, resourceId } from "../cloud/ids";

/** Part of the id, so that another one is another resource. */
export const pathText = (): PropertySpec => spec.text({ required: true, onChange: "replace" });

export const tags = (): PropertySpec => spec.textMap();

/** Create and read only, in Azure's API as in the official schema. */
export const fixedLocation = (): PropertySpec => spec.text({ required: true, onChange: "replace" });

export const groupOf = (cloud: Cloud, inputs: Properties): string =>
  resourceGroupId(cloud.subscriptionId, read.requiredText(inputs, "resourceGroupName"));

/** The id of what lies directly in a resource group. */
export const idInGroup =
  (type: string, nameInput: string) =>
  (cloud: Cloud, inputs: Properties): string =>
    resourceId(
      cloud.subscriptionId,
      read.requiredText(inputs, "resourceGroupName"),
      type,
      read.requiredText(inputs, nameInput),
    );
