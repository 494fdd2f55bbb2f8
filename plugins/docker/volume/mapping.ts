/** docker.Volume: between Pulumi properties and the Engine's volume. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec } from "../../kit/types";
import * as spec from "../support/spec";
import * as read from "../support/values";

/** Official package schema: every property replaces, but a cluster volume's availability. */
export const volumeProperties: Record<string, PropertySpec> = {
  ...spec.replacing({
    driver: spec.text(),
    driverOpts: spec.textMap(),
    labels: spec.labels(),
    name: spec.text(),
  }),
  cluster: spec.object({
    ...spec.replacing({
      group: spec.text(),
      limitBytes: spec.text(),
      requiredBytes: spec.text(),
      scope: spec.text({ default: "single", enum: ["single", "multi"] }),
      sharing: spec.text({ default: "none", enum: ["none", "readonly", "onewriter", "all"] }),
      topologyPreferred: spec.text(),
      topologyRequired: spec.text(),
      type: spec.text({ default: "block", enum: ["mount", "block"] }),
    }),
    availability: spec.text({ default: "active", enum: ["active", "pause", "drain"] }),
    id: spec.text({ onChange: "ignore" }),
  }),
};

export function toVolumeRequest(inputs: Properties): Dockerode.VolumeCreateOptions {
  return {
    Name: read.requiredText(inputs, "name"),
    Driver: read.filledText(inputs, "driver") ?? "local",
    DriverOpts: read.textMap(inputs, "driverOpts"),
    Labels: read.labels(inputs),
  };
}

/** What the engine reports, as inputs. */
export function fromVolume(volume: Dockerode.VolumeInspectInfo): Properties {
  const options = volume.Options ?? {};
  return read.defined({
    name: volume.Name,
    driver: volume.Driver,
    labels: read.labelList(volume.Labels),
    driverOpts: Object.keys(options).length > 0 ? options : undefined,
  });
}
