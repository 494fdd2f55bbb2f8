/** A container group's checked inputs, read once into plain facts. */
import type { Properties } from "../../kit/types";
import * as read from "../../docker/support/values";

export interface Probe {
  exec: string[] | undefined;
  httpGet: { port: number; path: string; scheme: string } | undefined;
  initialDelaySeconds: number;
  periodSeconds: number;
  failureThreshold: number;
  timeoutSeconds: number;
}

export interface GroupContainer {
  name: string;
  image: string;
  command: string[];
  cpus: number;
  memoryGb: number;
  limitCpus: number;
  limitMemoryGb: number;
  ports: number[];
  variables: { name: string; value: string | undefined; secureValue: string | undefined }[];
  mounts: { volume: string; path: string; readOnly: boolean }[];
  liveness: Probe | undefined;
  readiness: Probe | undefined;
}

export interface GroupVolume {
  name: string;
  azureFile: { account: string; share: string; key: string } | undefined;
  isEmptyDir: boolean;
  /** By file name, in Base64. */
  secret: Record<string, string> | undefined;
}

/** Those that a preview knows already. */
export function knownTexts(properties: Properties, key: string): string[] {
  return read.list(properties, key).filter((value) => typeof value === "string");
}

/** What a preview does not know is empty. */
function knownMap(properties: Properties, key: string): Record<string, string> | undefined {
  const map = read.object(properties, key);
  return (
    map &&
    Object.fromEntries(
      Object.entries(map).map(([name, value]) => [name, typeof value === "string" ? value : ""]),
    )
  );
}

export const containersOf = (inputs: Properties): GroupContainer[] =>
  read.objects(inputs, "containers").map(containerOf);
export const volumesOf = (inputs: Properties): GroupVolume[] => read.objects(inputs, "volumes").map(volumeOf);

function containerOf(container: Properties): GroupContainer {
  const resources = read.object(container, "resources") ?? {};
  const requests = read.object(resources, "requests") ?? {};
  const limits = read.object(resources, "limits") ?? {};
  const [cpus, memoryGb] = [read.number(requests, "cpu") ?? 0, read.number(requests, "memoryInGB") ?? 0];
  return {
    name: read.text(container, "name") ?? "",
    image: read.text(container, "image") ?? "",
    command: knownTexts(container, "command"),
    ...{ cpus, memoryGb },
    limitCpus: read.number(limits, "cpu") ?? cpus,
    limitMemoryGb: read.number(limits, "memoryInGB") ?? memoryGb,
    ports: portsOf(container),
    variables: read.objects(container, "environmentVariables").map((variable) => ({
      name: read.text(variable, "name") ?? "",
      value: read.text(variable, "value"),
      secureValue: read.text(variable, "secureValue"),
    })),
    mounts: read.objects(container, "volumeMounts").map((mount) => ({
      volume: read.text(mount, "name") ?? "",
      path: read.text(mount, "mountPath") ?? "",
      readOnly: read.flag(mount, "readOnly") ?? false,
    })),
    liveness: probeOf(container, "livenessProbe"),
    readiness: probeOf(container, "readinessProbe"),
  };
}

export function portsOf(owner: Properties): number[] {
  return read.objects(owner, "ports").flatMap((port) => read.number(port, "port") ?? []);
}

/** Defaults as Azure's (learn.microsoft.com/azure/container-instances/container-instances-liveness-probe). */
function probeOf(container: Properties, key: string): Probe | undefined {
  const probe = read.object(container, key);
  if (probe === undefined) return undefined;
  const exec = read.object(probe, "exec");
  const httpGet = read.object(probe, "httpGet");
  return {
    exec: exec && knownTexts(exec, "command"),
    httpGet: httpGet && {
      port: read.number(httpGet, "port") ?? 0,
      path: read.text(httpGet, "path") ?? "/",
      scheme: read.text(httpGet, "scheme") ?? "http",
    },
    initialDelaySeconds: read.number(probe, "initialDelaySeconds") ?? 0,
    periodSeconds: read.number(probe, "periodSeconds") ?? 10,
    failureThreshold: read.number(probe, "failureThreshold") ?? 3,
    timeoutSeconds: read.number(probe, "timeoutSeconds") ?? 1,
  };
}

function volumeOf(volume: Properties): GroupVolume {
  const file = read.object(volume, "azureFile");
  return {
    name: read.text(volume, "name") ?? "",
    azureFile: file && {
      account: read.text(file, "storageAccountName") ?? "",
      share: read.text(file, "shareName") ?? "",
      key: read.text(file, "storageAccountKey") ?? "",
    },
    isEmptyDir: volume.emptyDir !== undefined && volume.emptyDir !== null,
    secret: knownMap(volume, "secret"),
  };
}
