/** Why a network cannot be made or removed, with the names of what is in the way. */
import { isIPv4 } from "node:net";
import type { Properties } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";
import * as read from "../support/values";

export async function createError(engine: Engine, inputs: Properties, error: unknown): Promise<Error> {
  const name = read.requiredText(inputs, "name");
  const message = engineMessage(error);
  const start = `network "${name}" cannot be created at ${engine.host}: ${message}.`;
  if (/already exists/i.test(message)) {
    return new Error(
      `${start} Import it (pulumi import docker:index/network:Network <name> ${name}), remove it ` +
        `(docker network rm ${name}), or choose another name.`,
      { cause: error },
    );
  }
  if (/overlap/i.test(message)) {
    const subnets = read.objects(inputs, "ipamConfigs").map((config) => read.text(config, "subnet") ?? "");
    const holders = await holdersOf(engine, subnets);
    return new Error(
      `${start} ${holders || "Another network has it."} Choose another subnet, or remove that network.`,
      {
        cause: error,
      },
    );
  }
  return new Error(start, { cause: error });
}

async function holdersOf(engine: Engine, subnets: string[]): Promise<string> {
  const networks = await engine.docker.listNetworks();
  const holders = networks.flatMap((network) =>
    (network.IPAM?.Config ?? [])
      .filter((pool) => subnets.some((subnet) => overlap(subnet, pool.Subnet ?? "")))
      .map((pool) => `Network "${network.Name}" has ${pool.Subnet}.`),
  );
  return holders.join(" ");
}

/** Whether two IPv4 subnets share an address; other notations never do. */
export function overlap(left: string, right: string): boolean {
  const [one, other] = [range(left), range(right)];
  return one !== undefined && other !== undefined && one.first <= other.last && other.first <= one.last;
}

function range(subnet: string): { first: number; last: number } | undefined {
  const [address = "", bits = ""] = subnet.split("/");
  if (!isIPv4(address) || !/^\d+$/.test(bits) || Number(bits) > 32) return undefined;
  const size = 2 ** (32 - Number(bits));
  const value = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const first = value - (value % size);
  return { first, last: first + size - 1 };
}

export async function removeError(engine: Engine, id: string, error: unknown): Promise<Error> {
  const network = await engine.docker.getNetwork(id).inspect();
  const names = Object.values(network.Containers ?? {}).map((container) => container.Name);
  const users =
    names.length > 0 ? ` Connected containers: ${names.sort().join(", ")}; remove or disconnect them.` : "";
  return new Error(
    `network "${network.Name}" at ${engine.host} cannot be removed: ${engineMessage(error)}.${users}`,
    {
      cause: error,
    },
  );
}
