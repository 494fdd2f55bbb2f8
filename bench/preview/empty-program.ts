/** Text of the smallest program with Berth's plugins: one resource of each package, which nothing depends on. */
export function emptyProgram(name: string, subnet: string): string {
  return `import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as tls from "@pulumi/tls";

export = () => {
  new docker.Network("network", { name: "${name}", driver: "bridge", ipamConfigs: [{ subnet: "${subnet}" }] });
  new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  new command.local.Command("command", { create: "true" });
};
`;
}
