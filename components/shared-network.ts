import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labels, sharedName, type Scope } from "../spec/names";
import { gatewayAddress, parseSubnet } from "../spec/subnet";

export interface SharedNetworkArgs {
  scope: Scope;
  /** Last part of the physical name; default "network". */
  role?: string;
  /** CIDR. Explicit, because the engine's own pools end after 31 networks and may overlap the company's. */
  subnet: string;
}

/** A bridge network of an environment: what is on it finds each other by container name. */
export class SharedNetwork extends pulumi.ComponentResource {
  readonly networkName: pulumi.Output<string>;

  constructor(name: string, args: SharedNetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("berth:network:SharedNetwork", name, {}, options);
    const network = new docker.Network(`${name}-bridge`, networkArgs(args), {
      parent: this,
      deleteBeforeReplace: true,
    });
    this.networkName = network.name;
    this.registerOutputs({ networkName: this.networkName });
  }
}

function networkArgs({ scope, subnet, role = "network" }: SharedNetworkArgs): docker.NetworkArgs {
  const parsed = parseSubnet(subnet);
  if (!parsed) throw new Error(`'${subnet}' is no subnet in CIDR notation`);
  return {
    name: sharedName(scope, role),
    driver: "bridge",
    ipamConfigs: [{ subnet, gateway: gatewayAddress(parsed) }],
    labels: labels(scope, { role }),
  };
}
