/** How a group's objects on the engine are found and named. */
import { EMULATION, EMULATION_LABEL } from "../records/share-volume";

const GROUP_LABEL = "berth.azure.group";
const CONTAINER_LABEL = "berth.azure.container";

export const groupLabels = (groupId: string, container = ""): Record<string, string> => ({
  [EMULATION_LABEL]: EMULATION,
  [GROUP_LABEL]: groupId.toLowerCase(),
  [CONTAINER_LABEL]: container,
});

/** For the engine's list calls. */
export const groupFilter = (groupId: string): { label: string[] } => ({
  label: [`${GROUP_LABEL}=${groupId.toLowerCase()}`],
});

/** Which container of its group it is; "" for the one that holds the network. */
export const containerOfLabels = (labels: Record<string, string>): string => labels[CONTAINER_LABEL] ?? "";

/** The container that holds the group's network and its secret volumes. */
export const HOLDER = "group";

export const objectName = (group: string, part: string): string => `${group}-${part}`;
