import { certificateLife } from "./certificate-life";
import { cloudGroupFacts, registryDoorFacts, storageAccountFacts } from "./cloud-facts";
import { cloudContainers, cloudDoors } from "./cloud-rules";
import { ownCommandsOnly } from "./command-rules";
import { containerFacts } from "./container-facts";
import type { Environment } from "./environment";
import { applyRules, type Rule, type RuleFinding } from "./finding";
import { containerImage, noBuilds, pulledImage } from "./image-rules";
import type { Inputs } from "./inputs";
import { explicitNetwork, hostNamespaces, publishedPorts } from "./isolation-rules";
import { liveSource } from "./live-source";
import { dockerSocket, hostPaths, volumeHostPath } from "./mount-rules";
import { bridgeWithSubnet } from "./network-rules";
import { knownTypesOnly } from "./resource-types";
import * as facts from "./resource-facts";
import { capabilities, memoryLimit, noDevices, noNewPrivileges, noPrivileged } from "./rights-rules";

const containerRules = [
  liveSource,
  containerImage,
  noPrivileged,
  dockerSocket,
  hostPaths,
  explicitNetwork,
  hostNamespaces,
  memoryLimit,
  capabilities,
  noNewPrivileges,
  noDevices,
  publishedPorts,
];

/** How resources of one type are judged: the names of its rules, and the rules over its facts. */
interface Judge {
  names: string[];
  judge(inputs: Inputs, environment: Environment, only?: string): RuleFinding[];
}

function judgeBy<Facts>(read: (inputs: Inputs) => Facts, rules: readonly Rule<Facts>[]): Judge {
  return {
    names: rules.map(({ name }) => name),
    judge: (inputs, environment, only) =>
      applyRules(
        rules.filter(({ name }) => only === undefined || name === only),
        read(inputs),
        environment,
      ),
  };
}

const judges: Record<string, Judge> = {
  "azure-native:containerinstance:ContainerGroup": judgeBy(cloudGroupFacts, [cloudContainers]),
  "azure-native:containerregistry:Registry": judgeBy(registryDoorFacts, [cloudDoors]),
  "azure-native:storage:StorageAccount": judgeBy(storageAccountFacts, [cloudDoors]),
  "command:local:Command": judgeBy(facts.commandFacts, [ownCommandsOnly]),
  "docker:index/container:Container": judgeBy(containerFacts, containerRules),
  "docker:index/image:Image": judgeBy(() => facts.builtImageFacts, [noBuilds]),
  "docker:index/network:Network": judgeBy(facts.networkFacts, [bridgeWithSubnet]),
  "docker:index/registryImage:RegistryImage": judgeBy(facts.registryImageFacts, [noBuilds]),
  "docker:index/remoteImage:RemoteImage": judgeBy(facts.remoteImageFacts, [noBuilds, pulledImage]),
  "docker:index/volume:Volume": judgeBy(facts.volumeFacts, [volumeHostPath]),
  "tls:index/locallySignedCert:LocallySignedCert": judgeBy(facts.locallySignedFacts, [certificateLife]),
  "tls:index/selfSignedCert:SelfSignedCert": judgeBy(facts.selfSignedFacts, [certificateLife]),
};

/** Every rule that looks at one resource by itself, each name once. */
export const resourceRules: { name: string; description: string }[] = [
  ...containerRules,
  noBuilds,
  bridgeWithSubnet,
  certificateLife,
  cloudContainers,
  cloudDoors,
  ownCommandsOnly,
  knownTypesOnly,
].map(({ name, description }) => ({ name, description }));

/** True where the rule of that name has something to say about resources of a type. */
export function concerns(rule: string, type: string): boolean {
  return rule === knownTypesOnly.name || (judges[type]?.names.includes(rule) ?? false);
}

/** All that the rules, or the one of that name, find in one resource, by its type token and its inputs. */
export function judgeResource(
  type: string,
  inputs: Inputs,
  environment: Environment,
  only?: string,
): RuleFinding[] {
  const byType = only === undefined || only === knownTypesOnly.name;
  return [
    ...(byType ? applyRules([knownTypesOnly], { type }, environment) : []),
    ...(judges[type]?.judge(inputs, environment, only) ?? []),
  ];
}
