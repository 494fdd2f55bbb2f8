import { refused, type Finding, type Rule } from "./finding";

/** The types of packages that act on a Docker host, run commands or rent machines, which the rules know. */
const JUDGED = [
  "azure-native:authorization:RoleAssignment",
  "azure-native:containerinstance:ContainerGroup",
  "azure-native:containerregistry:Registry",
  "azure-native:managedidentity:UserAssignedIdentity",
  "azure-native:operationalinsights:Workspace",
  "azure-native:resources:ResourceGroup",
  "azure-native:storage:FileServiceProperties",
  "azure-native:storage:FileShare",
  "azure-native:storage:StorageAccount",
  "command:local:Command",
  "docker:index/container:Container",
  "docker:index/image:Image",
  "docker:index/network:Network",
  "docker:index/registryImage:RegistryImage",
  "docker:index/remoteImage:RemoteImage",
  "docker:index/tag:Tag",
  "docker:index/volume:Volume",
];

/** Packages in which a type that no rule knows could do what the rules forbid: swarm services, remote commands, dynamic providers, machines in the cloud. */
const CLOSED_PACKAGES = [
  "azure-native",
  "command",
  "docker",
  "docker-build",
  "pulumi-nodejs",
  "pulumi-python",
];

export const knownTypesOnly: Rule<{ type: string }> = {
  name: "known-types-only",
  description:
    "On a Docker host and in the cloud a stack declares only types of resources that the rules can judge.",
  check({ type }): Finding[] {
    if (!CLOSED_PACKAGES.includes(type.split(":")[0] ?? "") || JUDGED.includes(type)) return [];
    return [
      refused(
        `no rule can judge a ${type}: use the types ${JUDGED.join(", ")}, or add a rule for it in policy/`,
      ),
    ];
  },
};
