import { refused, type Finding, type Rule } from "./finding";

/** The types of packages that act on a Docker host or run commands, which the rules know. */
const JUDGED = [
  "command:local:Command",
  "docker:index/container:Container",
  "docker:index/image:Image",
  "docker:index/network:Network",
  "docker:index/registryImage:RegistryImage",
  "docker:index/remoteImage:RemoteImage",
  "docker:index/tag:Tag",
  "docker:index/volume:Volume",
];

/** Packages in which a type that no rule knows could do what the rules forbid: swarm services, remote commands, dynamic providers. */
const CLOSED_PACKAGES = ["command", "docker", "docker-build", "pulumi-nodejs", "pulumi-python"];

export const knownTypesOnly: Rule<{ type: string }> = {
  name: "known-types-only",
  description: "On a Docker host a stack declares only types of resources that the rules can judge.",
  check({ type }): Finding[] {
    if (!CLOSED_PACKAGES.includes(type.split(":")[0] ?? "") || JUDGED.includes(type)) return [];
    return [
      refused(
        `no rule can judge a ${type}: use the types ${JUDGED.join(", ")}, or add a rule for it in policy/`,
      ),
    ];
  },
};
