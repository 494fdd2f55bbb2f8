/** Devices of the host: passed through, requested from a driver, or throttled. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";

const rate = (): PropertySpec =>
  spec.objectSet({ path: spec.text({ required: true }), rate: spec.integer({ required: true }) });

/** Property and Engine field of each throttle. */
const THROTTLES = {
  deviceReadBps: "BlkioDeviceReadBps",
  deviceReadIops: "BlkioDeviceReadIOps",
  deviceWriteBps: "BlkioDeviceWriteBps",
  deviceWriteIops: "BlkioDeviceWriteIOps",
} as const;

interface Device {
  PathOnHost: string;
  PathInContainer: string;
  CgroupPermissions: string;
}

export const devicesAspect: Aspect = {
  // The official plugin sends changed throttles to the engine's update call, which ignores them: here they replace.
  properties: spec.replacing({
    devices: spec.objectSet({
      hostPath: spec.text({ required: true }),
      containerPath: spec.text(),
      permissions: spec.text({ default: "rwm" }),
    }),
    deviceCgroupRules: spec.textSet(),
    deviceReadBps: rate(),
    deviceReadIops: rate(),
    deviceWriteBps: rate(),
    deviceWriteIops: rate(),
    deviceRequests: spec.objectSet({
      capabilities: spec.textSet(),
      count: spec.integer({ default: 0 }),
      deviceIds: spec.textSet(),
      driver: spec.text({ default: "cdi" }),
      options: spec.textMap(),
    }),
    gpus: spec.text(),
  }),

  toRequest(inputs, { HostConfig: host }) {
    host.Devices = read.objects(inputs, "devices").map(toDevice);
    host.DeviceCgroupRules = read.texts(inputs, "deviceCgroupRules");
    for (const [property, field] of Object.entries(THROTTLES)) {
      host[field] = read
        .objects(inputs, property)
        .map((entry) => ({ Path: read.requiredText(entry, "path"), Rate: read.number(entry, "rate") }));
    }
    const gpus = read.filledText(inputs, "gpus");
    host.DeviceRequests = gpus
      ? [toGpuRequest(gpus)]
      : read.objects(inputs, "deviceRequests").map(toDeviceRequest);
  },

  fromEngine({ HostConfig: host }) {
    const devices = ((host.Devices as Device[] | null) ?? []).map(fromDevice);
    const throttles = Object.entries(THROTTLES).map(([property, field]) => {
      const entries = (host[field] as { Path: string; Rate: number }[] | null) ?? [];
      return [
        property,
        entries.length > 0 ? entries.map(({ Path: path, Rate: rate }) => ({ path, rate })) : undefined,
      ];
    });
    return read.defined({
      devices: devices.length > 0 ? devices : undefined,
      deviceCgroupRules: host.DeviceCgroupRules?.length ? host.DeviceCgroupRules : undefined,
      ...(Object.fromEntries(throttles) as Properties),
    });
  },
};

function toDevice(device: Properties): Device {
  const hostPath = read.requiredText(device, "hostPath");
  return {
    PathOnHost: hostPath,
    PathInContainer: read.filledText(device, "containerPath") ?? hostPath,
    CgroupPermissions: read.filledText(device, "permissions") ?? "rwm",
  };
}

const fromDevice = (device: Device): Properties =>
  read.defined({
    hostPath: device.PathOnHost,
    containerPath: device.PathInContainer,
    permissions: device.CgroupPermissions,
  });

function toDeviceRequest(request: Properties): Dockerode.DeviceRequest {
  return {
    Driver: read.text(request, "driver"),
    Count: read.number(request, "count"),
    DeviceIDs: read.texts(request, "deviceIds"),
    Capabilities: [read.texts(request, "capabilities")],
    Options: read.textMap(request, "options"),
  };
}

/** As `docker run --gpus`: "all", a count, or "device=id,id". */
function toGpuRequest(gpus: string): Dockerode.DeviceRequest {
  const value = gpus.trim().replace(/^(["'])(.*)\1$/, "$2");
  const devices = /^device=(.+)$/.exec(value)?.[1];
  const base = { Driver: "", Capabilities: [["gpu"]], Options: {} };
  return devices
    ? { ...base, Count: 0, DeviceIDs: devices.split(",") }
    : { ...base, Count: value === "all" ? -1 : Number(value), DeviceIDs: [] };
}
