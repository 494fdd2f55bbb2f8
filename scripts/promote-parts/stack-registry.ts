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
 * The registry of an environment: the external one that its config names, or else that of the dev stack.
 * @throws Error saying how to get one.
 */
export async function registryOf(environment: Environment): Promise<Registry> {
  const external = externalRegistry(environment);
  if (external) return withPassword(external, environment);
  const shared = externalRegistry("dev");
  return shared ? withPassword(shared, "dev") : devRegistry();
}

/** The registry that dev's stack runs, with what is needed to push to it. */
export async function devRegistry(): Promise<Registry> {
  if (!(await stackExists("dev")))
    throw new Error("the dev stack, which has the registry, does not exist: run 'make up ENV=dev' first");
  const { exitCode, stdout, stderr } = await pulumi("dev", [
    "stack",
    "output",
    "--json",
    "--show-secrets",
    "--stack",
    "dev",
  ]);
  const outputs = exitCode === 0 ? outputsSchema.safeParse(JSON.parse(stdout)) : undefined;
  if (!outputs?.success || outputs.data.registryAddress === "") {
    throw new Error(
      `the dev stack tells of no registry: set berth:registry in Pulumi.dev.yaml and run 'make up ENV=dev'\n${stderr}`.trim(),
    );
  }
  const {
    registryAddress: address,
    registryUsername: username,
    registryPassword: password,
    caCertPem: caPem,
  } = outputs.data;
  return { address, login: { username, password }, caPem };
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
