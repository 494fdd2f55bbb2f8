/** What Azure would refuse of a container group. Unknown values of a preview read as absent, and are asked about at `up`. */
import { UNKNOWN, type CheckFailure, type Properties, type Value } from "../../kit/types";
import * as read from "../../docker/support/values";
import { nameProblem, publicNameProblem } from "../cloud/name-rules";
import { leftOutFailures, tagFailures } from "../records/record-resource";
import { containersOf, portsOf, volumesOf, type GroupContainer, type GroupVolume, type Probe } from "./model";
import { GROUP_LEFT_OUT } from "./properties";

/** learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits */
const LIMITS = {
  containers: 60,
  volumes: 20,
  ports: 5,
  cpus: 4,
  memoryGb: 16,
  gpuCpus: 24,
  gpuMemoryGb: 448,
};

type Failures = CheckFailure[];

export function groupFailures(inputs: Properties): Failures {
  const name = read.text(inputs, "containerGroupName");
  const problem = name === undefined ? undefined : nameProblem("containerGroup", name);
  return [
    ...leftOutFailures(GROUP_LEFT_OUT, inputs),
    ...(problem === undefined ? [] : [{ property: "containerGroupName", reason: problem }]),
    ...tagFailures(inputs),
    ...containerFailures(inputs),
    ...volumeFailures(inputs),
    ...addressFailures(inputs),
    ...identityFailures(inputs),
  ];
}

function containerFailures(inputs: Properties): Failures {
  if (inputs.containers === UNKNOWN) return [];
  const containers = containersOf(inputs);
  const names = containers.map(({ name }) => name);
  const failures: Failures = containers.flatMap((container, index) =>
    oneContainer(container, `containers[${index}]`, inputs),
  );
  if (containers.length < 1 || containers.length > LIMITS.containers)
    failures.push({ property: "containers", reason: `must be 1 to ${LIMITS.containers}` });
  if (new Set(names).size < names.length)
    failures.push({ property: "containers", reason: "must have different names" });
  const ports = containers.flatMap((container) => container.ports);
  if (new Set(ports).size < ports.length)
    failures.push({ property: "containers", reason: "share one network: no two may have the same port" });
  return [...failures, ...sizeFailures(containers, JSON.stringify(inputs.containers).includes('"gpu"'))];
}

function sizeFailures(containers: GroupContainer[], hasGpu: boolean): Failures {
  const total = (of: (container: GroupContainer) => number): number =>
    Math.round(containers.reduce((sum, container) => sum + of(container), 0) * 1000) / 1000;
  const [cpus, memoryGb] = [total((container) => container.cpus), total((container) => container.memoryGb)];
  const most = hasGpu ? { cpus: LIMITS.gpuCpus, memoryGb: LIMITS.gpuMemoryGb } : LIMITS;
  if (cpus > most.cpus || memoryGb > most.memoryGb)
    return [
      {
        property: "containers",
        reason: `ask for ${cpus} cores and ${memoryGb} GB together: a group gets at most ${most.cpus} and ${most.memoryGb}`,
      },
    ];
  return containers.flatMap((container, index) =>
    container.limitCpus > cpus ||
    container.limitMemoryGb > memoryGb ||
    container.limitCpus < container.cpus ||
    container.limitMemoryGb < container.memoryGb
      ? [
          {
            property: `containers[${index}].resources.limits`,
            reason: "must lie between the container's requests and all requests of the group",
          },
        ]
      : [],
  );
}

function oneContainer(container: GroupContainer, property: string, inputs: Properties): Failures {
  const volumes = volumesOf(inputs).map(({ name }) => name);
  const problem = nameProblem("container", container.name);
  const tenth = (gigabytes: number): boolean => Math.abs(gigabytes * 10 - Math.round(gigabytes * 10)) < 1e-6;
  return [
    ...(problem === undefined ? [] : [{ property: `${property}.name`, reason: problem }]),
    ...(container.cpus > 0 && container.memoryGb > 0 && tenth(container.memoryGb)
      ? []
      : [
          { property: `${property}.resources.requests`, reason: "must be more than 0, memoryInGB in tenths" },
        ]),
    ...container.mounts
      .filter(({ volume }) => inputs.volumes !== UNKNOWN && !volumes.includes(volume))
      .map(({ volume }) => ({
        property: `${property}.volumeMounts`,
        reason: `'${volume}' is no volume of the group`,
      })),
    ...container.mounts
      .filter(({ path }) => !path.startsWith("/") || path.includes(":"))
      .map(({ path }) => ({
        property: `${property}.volumeMounts`,
        reason: `'${path}' must begin with '/' and hold no ':'`,
      })),
    ...container.variables
      .filter(({ name }) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      .map(({ name }) => ({
        property: `${property}.environmentVariables`,
        reason: `'${name}' is no variable's name`,
      })),
    ...(["liveness", "readiness"] as const).flatMap((kind) =>
      probeFailures(container[kind], `${property}.${kind}Probe`),
    ),
  ];
}

function probeFailures(probe: Probe | undefined, property: string): Failures {
  if (probe === undefined) return [];
  const failures: Failures = [];
  if ((probe.exec === undefined) === (probe.httpGet === undefined))
    failures.push({ property, reason: 'must have either "exec" or "httpGet"' });
  if (Math.min(probe.periodSeconds, probe.failureThreshold, probe.timeoutSeconds) < 1)
    failures.push({
      property,
      reason: "must have a period, a timeout and a failure threshold of at least 1",
    });
  return failures;
}

function volumeFailures(inputs: Properties): Failures {
  const given = read.list(inputs, "volumes");
  const kinds = ["azureFile", "emptyDir", "secret"] as const;
  const known = (value: Value): value is Properties =>
    read.isProperties(value) && kinds.every((kind) => value[kind] !== UNKNOWN);
  const failures = volumesOf(inputs).flatMap((volume, index): Failures => {
    const property = `volumes[${index}]`;
    const problem = nameProblem("container", volume.name);
    const chosen = [volume.azureFile !== undefined, volume.isEmptyDir, volume.secret !== undefined].filter(
      Boolean,
    );
    return [
      ...(problem === undefined ? [] : [{ property: `${property}.name`, reason: problem }]),
      ...(chosen.length === 1 || !known(given[index] ?? null)
        ? []
        : [{ property, reason: `must have one of ${kinds.join(", ")}` }]),
      ...secretFailures(volume, property),
    ];
  });
  if (given.length > LIMITS.volumes)
    failures.push({ property: "volumes", reason: `must be at most ${LIMITS.volumes}` });
  return failures;
}

function secretFailures({ secret }: GroupVolume, property: string): Failures {
  if (secret === undefined) return [];
  const names = Object.keys(secret);
  return [
    ...(names.length === 0 ? [{ property: `${property}.secret`, reason: "must have a file" }] : []),
    ...names
      .filter((name) => !/^[-._a-zA-Z0-9]+$/.test(name))
      .map((name) => ({ property: `${property}.secret`, reason: `'${name}' is no file's name` })),
    ...names
      .filter((name) => !/^[A-Za-z0-9+/]*={0,2}$/.test(secret[name] ?? ""))
      .map((name) => ({ property: `${property}.secret.${name}`, reason: "must be in Base64" })),
  ];
}

function addressFailures(inputs: Properties): Failures {
  const address = read.object(inputs, "ipAddress");
  if (address === undefined) return [];
  const label = read.text(address, "dnsNameLabel");
  const problem = label === undefined ? undefined : publicNameProblem("dnsLabel", label);
  const ports = portsOf(address);
  const inside = containersOf(inputs).flatMap((container) => container.ports);
  return [
    ...(problem === undefined ? [] : [{ property: "ipAddress.dnsNameLabel", reason: problem }]),
    ...(ports.length >= 1 && ports.length <= LIMITS.ports
      ? []
      : [{ property: "ipAddress.ports", reason: `must be 1 to ${LIMITS.ports}` }]),
    ...ports
      .filter((port) => inputs.containers !== UNKNOWN && !inside.includes(port))
      .map((port) => ({
        property: "ipAddress.ports",
        reason: `${port} is no port of a container of the group`,
      })),
  ];
}

function identityFailures(inputs: Properties): Failures {
  const held = read.list(read.object(inputs, "identity") ?? {}, "userAssignedIdentities");
  if (held.includes(UNKNOWN)) return [];
  return read
    .objects(inputs, "imageRegistryCredentials")
    .flatMap((credential) => read.text(credential, "identity") ?? [])
    .filter((id) => !held.includes(id))
    .map(() => ({
      property: "imageRegistryCredentials",
      reason: "must name an identity that the group has",
    }));
}
