import { randomBytes } from "node:crypto";
import type { Environment } from "../../../../policy/rules";
import { allow, withQuery, type RequestContext } from "../context";
import { findImage, parseReference } from "../images";
import { checkLabels, overruled } from "../labels";
import { findContainer } from "../lookup";
import { absent, refuse, refuseField, Refused } from "../refusals";
import type { Allow } from "../types";
import { createSchema, type CreateRequest, type HostRequest } from "./create-schema";
import { checkBody } from "./fields";
import { capabilitiesOf, checkSecurityOptions, checkSysctls, checkTmpfs, limitsOf } from "./limits";
import { checkMounts, checkVolumesFrom } from "./mounts";
import { checkLinks, checkNetworking, sharedHostName } from "./networking";
import { portBindings } from "./ports";

/** Size and number of a container's log files. */
const LOGS = { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } };

/**
 * Checks a create request field by field and writes the one that the engine gets: with the caller's labels and name, limits inside
 * the quota, no rights beyond the allowed capabilities, and nothing of the host.
 * @throws Refused naming the field
 */
export async function createContainer(context: RequestContext): Promise<Allow> {
  try {
    return await checkedCreate(context);
  } catch (error) {
    throw error instanceof Refused ? spareThePull(error) : error;
  }
}

/** Docker's command takes every 404 of a create for a missing image, and pulls that instead of saying what is missing. */
function spareThePull(error: Refused): Refused {
  const { status, object } = error.refusal;
  return status === 404 && !object?.startsWith("image ")
    ? new Refused({ ...error.refusal, status: 400 })
    : error;
}

async function checkedCreate(context: RequestContext): Promise<Allow> {
  const { ownership, quota } = context;
  const { settings, caller } = ownership;
  const request = checkBody(createSchema, context.body);
  const host: HostRequest = request.HostConfig ?? {};
  const { environment, labels } = checkLabels(ownership, "Labels", request.Labels, "app");
  const name = ownership.physical(context.query.get("name")?.replace(/^\//, "") || randomName(), environment);
  if (!name.startsWith(ownership.start(environment)))
    refuseField("query parameter 'name'", `is not a name in ${environment}`);
  const image = await imageOf(context, request.Image, environment);
  checkSecurityOptions(host.SecurityOpt);
  checkSysctls(host.Sysctls);
  checkTmpfs(host.Tmpfs);
  const limits = limitsOf(host, settings);
  const networking = await checkNetworking(context, environment, request);
  const { mounts, newVolumes } = await checkMounts(context, environment, request, image.volumes);
  const hostConfig = {
    ...plainHostFields(host),
    ...limits,
    CapDrop: ["ALL"],
    CapAdd: capabilitiesOf(host.CapAdd, settings.capabilities),
    SecurityOpt: ["no-new-privileges"],
    // The host forwards between networks, and its setting would be inherited: a container on two of them would be a way across.
    ...(networking.ownStack && { Sysctls: { "net.ipv4.ip_forward": "0" } }),
    LogConfig: LOGS,
    NetworkMode: networking.NetworkMode,
    PortBindings: portBindings(host.PortBindings, settings, caller),
    Mounts: mounts,
    VolumesFrom: await checkVolumesFrom(context, host.VolumesFrom),
    Links: await checkLinks(context, environment, host.Links, "HostConfig"),
    ...(await namespaces(context, environment, host)),
  };
  const body = {
    ...plainFields(request),
    ...(request.Hostname && {
      Hostname: networking.shared
        ? sharedHostName(ownership, environment, request.Hostname)
        : request.Hostname,
    }),
    Image: image.reference,
    Labels: overruled(image.labels, labels),
    HostConfig: hostConfig,
    NetworkingConfig: { EndpointsConfig: networking.endpoints },
  };
  const release = await quota.reserve(context, {
    container: { name, memoryBytes: limits.Memory, nanoCpus: limits.NanoCpus },
    ...(newVolumes.length > 0 && { volumes: newVolumes }),
  });
  return allow(context, `container ${name}`, { body, query: withQuery(context.query, { name }), release });
}

function randomName(): string {
  return `run-${randomBytes(6).toString("hex")}`;
}

async function imageOf(
  context: RequestContext,
  asked: string,
  environment: Environment,
): ReturnType<typeof findImage> {
  if (
    environment !== "dev" &&
    !/^sha256:[0-9a-f]{64}$/.test(asked) &&
    parseReference(asked)?.digest === undefined
  ) {
    refuse(
      403,
      "image-not-fixed",
      `Image: in ${environment} an image is named by its id or digest (sha256:…), not by a tag that can move`,
    );
  }
  return findImage(context, asked);
}

/** Fields of the container that go on as they were checked. */
function plainFields(request: CreateRequest): Partial<CreateRequest> {
  const { User, AttachStdin, AttachStdout, AttachStderr, ExposedPorts, Tty, OpenStdin, StdinOnce, Env } =
    request;
  const { Cmd, Healthcheck, WorkingDir, Entrypoint, NetworkDisabled, StopSignal, StopTimeout, Shell } =
    request;
  return {
    ...{ User, AttachStdin, AttachStdout, AttachStderr, ExposedPorts, Tty, OpenStdin, StdinOnce, Env },
    ...{ Cmd, Healthcheck, WorkingDir, Entrypoint, NetworkDisabled, StopSignal, StopTimeout, Shell },
  };
}

/** Fields of the host config that go on as they were checked. */
function plainHostFields(host: HostRequest): Partial<HostRequest> {
  const { Tmpfs, RestartPolicy, AutoRemove, Dns, DnsOptions, DnsSearch, ExtraHosts, GroupAdd } = host;
  const { Init, ReadonlyRootfs, ShmSize, ConsoleSize, MemoryReservation, CpuShares, CpusetCpus, Ulimits } =
    host;
  return {
    ...{ Tmpfs, RestartPolicy, AutoRemove, Dns, DnsOptions, DnsSearch, ExtraHosts, GroupAdd },
    ...{ Init, ReadonlyRootfs, ShmSize, ConsoleSize, MemoryReservation, CpuShares, CpusetCpus, Ulimits },
  };
}

/** Process and IPC namespaces: the container's own, or those of another container of the caller. */
async function namespaces(
  context: RequestContext,
  environment: Environment,
  { IpcMode, PidMode }: HostRequest,
): Promise<{ IpcMode?: string; PidMode?: string }> {
  const joined = async (
    field: string,
    mode: string,
    plain: readonly string[],
  ): Promise<string | undefined> => {
    if (plain.includes(mode)) return mode === "" ? undefined : mode;
    if (!mode.startsWith("container:")) refuseField(`HostConfig.${field}`, "no namespace of the host");
    const reference = mode.slice("container:".length);
    const found = await findContainer(context, reference, "own");
    if (context.ownership.environmentOf(found.Config.Labels) !== environment) absent.container(reference);
    return `container:${found.Id}`;
  };
  return {
    IpcMode: await joined("IpcMode", IpcMode ?? "", ["", "private", "none", "shareable"]),
    PidMode: await joined("PidMode", PidMode ?? "", [""]),
  };
}
