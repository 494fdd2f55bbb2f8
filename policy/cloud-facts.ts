import { UNKNOWN, type Known } from "./finding";
import { flag, isObject, list, number, object, text, type Inputs } from "./inputs";

/** What the rules ask about one container of a group in the cloud. */
export interface CloudContainerFacts {
  name: string;
  image: Known<string | undefined>;
  cpus: Known<number | undefined>;
  memoryGb: Known<number | undefined>;
  /** Asks for more rights than a container has by itself. */
  raised: Known<boolean>;
}

export interface CloudGroupFacts {
  containers: Known<CloudContainerFacts[]>;
}

/** Doors of an account or a registry that are open to whoever comes, by the input that opens each. */
export interface CloudDoorFacts {
  doors: { property: string; open: Known<boolean> }[];
}

/** Reads the facts off an azure-native:containerinstance:ContainerGroup. */
export function cloudGroupFacts(inputs: Inputs): CloudGroupFacts {
  const containers = list(inputs, "containers");
  if (containers === UNKNOWN || containers.includes(UNKNOWN)) return { containers: UNKNOWN };
  return { containers: containers.filter(isObject).map(containerFacts) };
}

function containerFacts(container: Inputs): CloudContainerFacts {
  const requests = inside(object(container, "resources"), "requests");
  const asked = (key: string): Known<number | undefined> =>
    requests === UNKNOWN ? UNKNOWN : number(requests, key);
  const name = text(container, "name");
  return {
    name: typeof name === "string" ? name : "without a name",
    image: text(container, "image"),
    cpus: asked("cpu"),
    memoryGb: asked("memoryInGB"),
    raised: raised(object(container, "securityContext")),
  };
}

function inside(owner: Known<Inputs>, key: string): Known<Inputs> {
  return owner === UNKNOWN ? UNKNOWN : object(owner, key);
}

function raised(context: Known<Inputs>): Known<boolean> {
  const capabilities = inside(context, "capabilities");
  if (context === UNKNOWN || capabilities === UNKNOWN) return UNKNOWN;
  const added = list(capabilities, "add");
  const asks = [
    flag(context, "privileged"),
    flag(context, "allowPrivilegeEscalation"),
    added === UNKNOWN ? UNKNOWN : added.length > 0,
  ];
  if (asks.includes(true)) return true;
  return asks.includes(UNKNOWN) ? UNKNOWN : false;
}

/** Reads the facts off an azure-native:storage:StorageAccount. */
export function storageAccountFacts(inputs: Inputs): CloudDoorFacts {
  const https = inputs.enableHttpsTrafficOnly;
  const tls = text(inputs, "minimumTlsVersion");
  return {
    doors: [
      { property: "allowBlobPublicAccess", open: flag(inputs, "allowBlobPublicAccess") },
      { property: "enableHttpsTrafficOnly", open: https === UNKNOWN ? UNKNOWN : https === false },
      {
        property: "minimumTlsVersion",
        open: tls === UNKNOWN ? UNKNOWN : tls === "TLS1_0" || tls === "TLS1_1",
      },
    ],
  };
}

/** Reads the facts off an azure-native:containerregistry:Registry. */
export function registryDoorFacts(inputs: Inputs): CloudDoorFacts {
  const doors = ["adminUserEnabled", "anonymousPullEnabled"];
  return { doors: doors.map((property) => ({ property, open: flag(inputs, property) })) };
}
