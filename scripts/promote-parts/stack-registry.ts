import { z } from "zod";
import type { Environment } from "../../policy/rules";
import { ConfigFile } from "../lib/config-file";
import { pulumi, pulumiOrThrow } from "../lib/pulumi";
import { stackExists } from "../lib/stack";
import type { Registry } from "./registry";

const externalSchema = z.object({ address: z.string(), username: z.string().optional() });

const outputsSchema = z.object({
  registryAddress: z.string(),
  registryUsername: z.string(),
  registryPassword: z.string(),
  caCertPem: z.string(),
});

/**
 * The registry of an environment: the one that its config names as external, or else that of dev.
 * @throws Error saying how to get one.
 */
export async function registryOf(environment: Environment): Promise<Registry> {
  for (const namedBy of [environment, "dev"] as const) {
    const external = externalRegistry(namedBy);
    if (external) return (await ownRegistryAt(external.address)) ?? withPassword(external, namedBy);
  }
  return devRegistry();
}

/** The registry that dev's stack runs, with what is needed to push to it. @throws Error saying how to get one. */
export async function devRegistry(): Promise<Registry> {
  const { registry, reason } = await readDevRegistry();
  if (registry) return registry;
  throw new Error(`${reason}: run 'make up ENV=dev', with berth:registry enabled in Pulumi.dev.yaml`);
}

/** An environment on another host names dev's registry as an external one; its certificate is of dev's CA all the same. */
async function ownRegistryAt(address: string): Promise<Registry | undefined> {
  const { registry } = await readDevRegistry();
  return registry?.address === address ? registry : undefined;
}

async function readDevRegistry(): Promise<{ registry?: Registry; reason: string }> {
  if (externalRegistry("dev")) return { reason: "dev uses an external registry and runs none" };
  if (!(await stackExists("dev"))) return { reason: "there is no dev stack, which would run the registry" };
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", "dev"];
  const { exitCode, stdout, stderr } = await pulumi("dev", args);
  if (exitCode !== 0) return { reason: `the outputs of the dev stack cannot be read (${stderr.trim()})` };
  const outputs = outputsSchema.safeParse(JSON.parse(stdout));
  if (!outputs.success || outputs.data.registryAddress === "")
    return { reason: "the dev stack runs no registry" };
  const { registryAddress: address, registryUsername, registryPassword, caCertPem: caPem } = outputs.data;
  const login = { username: registryUsername, password: registryPassword };
  return { registry: { address, login, caPem }, reason: "" };
}

type External = z.infer<typeof externalSchema>;

function externalRegistry(environment: Environment): External | undefined {
  const file = ConfigFile.read(environment);
  const { registry } = file.values() as { registry?: { external?: unknown } };
  if (registry?.external === undefined) return undefined;
  const parsed = externalSchema.safeParse(registry.external);
  if (parsed.success) return parsed.data;
  throw new Error(
    `${file.name}: berth:registry.external needs an address, and a username where it wants a login`,
  );
}

async function withPassword({ address, username }: External, environment: Environment): Promise<Registry> {
  if (username === undefined) return { address };
  const password =
    process.env.BERTH_REGISTRY_PASSWORD ??
    (
      await pulumiOrThrow(environment, ["config", "get", "berth:registryPassword", "--stack", environment])
    ).trim();
  return { address, login: { username, password } };
}
