/** The functions of the official plugin that Berth uses. */
import type { FunctionDefinition } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, isNotFound } from "../engine/errors";
import { parseImageName } from "../engine/image-name";
import { inspectImage } from "../engine/pull";
import { fromPools } from "../network/mapping";
import { manifestDigest } from "../registry/manifests";
import { repoDigestOf } from "../support/repo-digest";
import * as spec from "../support/spec";
import * as read from "../support/values";

const name = spec.text({ required: true });

export const getNetwork: FunctionDefinition<Engine> = {
  properties: { name },
  async invoke({ client: engine }, args) {
    const wanted = read.requiredText(args, "name");
    try {
      const network = await engine.docker.getNetwork(wanted).inspect();
      const containers = Object.entries(network.Containers ?? {}).sort(([left], [right]) =>
        left < right ? -1 : 1,
      );
      return {
        id: network.Id,
        name: network.Name,
        driver: network.Driver,
        internal: network.Internal,
        scope: network.Scope,
        options: network.Options ?? {},
        ipamConfigs: fromPools(network.IPAM?.Config),
        containers: containers.map(([containerId, container]) => ({
          containerId,
          endpointId: container.EndpointID,
          ipv4Address: container.IPv4Address,
          ipv6Address: container.IPv6Address,
          macAddress: container.MacAddress,
          name: container.Name,
        })),
      };
    } catch (error) {
      const hint = isNotFound(error) ? " List those that exist with: docker network ls" : "";
      throw new Error(
        `network "${wanted}" cannot be read at ${engine.host}: ${engineMessage(error)}.${hint}`,
        { cause: error },
      );
    }
  },
};

export const getRemoteImage: FunctionDefinition<Engine> = {
  properties: { name },
  async invoke({ client: engine }, args) {
    const wanted = read.requiredText(args, "name");
    const found = await inspectImage(engine, wanted);
    if (!found)
      throw new Error(
        `image "${wanted}" is not at ${engine.host}: pull it (docker.RemoteImage) or build it first.`,
      );
    return { id: found.Id, name: wanted, repoDigest: repoDigestOf(wanted, found) };
  },
};

export const getRegistryImage: FunctionDefinition<Engine> = {
  properties: { name, insecureSkipVerify: spec.flag({ default: false }) },
  async invoke({ client: { credentials }, signal }, args) {
    const wanted = read.requiredText(args, "name");
    const { registry } = parseImageName(wanted);
    const insecureSkipVerify = read.flag(args, "insecureSkipVerify") ?? false;
    const digest = await manifestDigest(wanted, {
      baseUrl: credentials.baseUrl(registry),
      login: credentials.login(registry),
      insecure: insecureSkipVerify,
      signal,
    });
    if (!digest)
      throw new Error(
        `image "${wanted}" is not in registry ${registry}: push it first, or correct its name.`,
      );
    return { id: digest, name: wanted, sha256Digest: digest, insecureSkipVerify };
  },
};
