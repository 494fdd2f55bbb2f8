/** One side of a container (ports, health, limits, …): its properties, and both directions of their mapping. */
import type Dockerode from "dockerode";
import type { Properties, PropertySpec } from "../../kit/types";

/** Inspect answers that dockerode's types leave out. */
export type InspectedContainer = Dockerode.ContainerInspectInfo & {
  Config: { StopSignal?: string; StopTimeout?: number };
  HostConfig: { CgroupnsMode?: string; ReadonlyRootfs?: boolean };
  NetworkSettings: { Bridge?: string };
};

/** The Engine's create request; looser than dockerode's types, which lack newer fields. */
export interface CreateRequest extends Dockerode.ContainerCreateOptions {
  HostConfig: Dockerode.HostConfig & { CgroupnsMode?: string };
}

export interface Aspect {
  properties: Record<string, PropertySpec>;
  /** Adds this side to the request. Inputs are known and checked. */
  toRequest?(inputs: Properties, request: CreateRequest): void;
  /**
   * What the engine reports, as inputs. Leaves out what cannot be read and what image or engine chose by themselves.
   * @param image what the container's image brings along; undefined when it was removed meanwhile.
   * @param asked the inputs of the last deployment.
   */
  fromEngine?(
    found: InspectedContainer,
    image: Dockerode.ImageInspectInfo | undefined,
    asked: Properties,
  ): Properties;
}
