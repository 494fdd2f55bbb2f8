/** Ids of Azure Resource Manager: `/subscriptions/<id>/resourceGroups/<group>/providers/<type>/<name>`. */
import { createHash } from "node:crypto";

export function resourceGroupId(subscriptionId: string, name: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${name}`;
}

/** @param type with its provider: `Microsoft.Storage/storageAccounts`. */
export function resourceId(subscriptionId: string, group: string, type: string, name: string): string {
  return `${resourceGroupId(subscriptionId, group)}/providers/${type}/${name}`;
}

/** A UUID that is the same for the same text: Azure's are random, and kept. */
export function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
