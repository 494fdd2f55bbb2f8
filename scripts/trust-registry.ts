// `make trust-registry`: root, on the engine's host: lets the engine verify the registry's certificate.
// On a host without the dev stack's state: ADDRESS=<host:port> CA=<file of the CA, from `make outputs` there>.
import * as fs from "node:fs";
import { main } from "./lib/steps";
import type { Registry } from "./promote-parts/registry";
import { devRegistry } from "./promote-parts/stack-registry";
import { trustRegistry } from "./promote-parts/trust";

async function registry(): Promise<Registry> {
  const { ADDRESS: address, CA: file } = process.env;
  if (address && file) return { address, caPem: fs.readFileSync(file, "utf8") };
  if (address || file) throw new Error("ADDRESS and CA are given together, or neither");
  return devRegistry();
}

main(async () => {
  process.stdout.write(`${trustRegistry(await registry(), process.env.DOCKER_CERTS_D || undefined)}\n`);
});
