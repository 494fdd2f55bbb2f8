import { judge, type Known, type Rule } from "./finding";

/** What the rules ask about a network. */
export interface NetworkFacts {
  /** The engine's own choice, bridge, where undefined. */
  driver: Known<string | undefined>;
  subnets: Known<(string | undefined)[]>;
}

export const bridgeWithSubnet: Rule<NetworkFacts> = {
  name: "network-subnet",
  description: "A network is a bridge with an explicit subnet: the engine's own pools end after 31 networks.",
  check: ({ driver, subnets }) => [
    ...judge("driver", driver, (name) =>
      name === undefined || name === "bridge"
        ? []
        : [`its driver ${name} reaches past the engine's host: set driver to bridge`],
    ),
    ...judge("ipamConfigs", subnets, (all) =>
      all.length > 0 && all.every((subnet) => subnet !== undefined)
        ? []
        : ["it leaves its addresses to the engine: set ipamConfigs[0].subnet, like 10.89.0.0/24"],
    ),
  ],
};
