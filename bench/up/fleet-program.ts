import { COMMAND, MEMORY_MIB, type Fleet } from "./fleet";

/** Text of the Pulumi program that declares the fleet. */
export function fleetProgram(fleet: Fleet): string {
  return `import * as docker from "@pulumi/docker";

export = () => {
  const network = new docker.Network("network", {
    name: "${fleet.network.name}",
    driver: "bridge",
    ipamConfigs: [{ subnet: "${fleet.network.subnet}" }],
  });
  for (const name of ${JSON.stringify(fleet.containers)}) {
    new docker.Container(name, {
      name,
      image: "${fleet.image}",
      command: ${JSON.stringify(COMMAND)},
      networkMode: network.name,
      memory: ${MEMORY_MIB},
      memorySwap: ${MEMORY_MIB},
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
    });
  }
};
`;
}
