import { z } from "zod";
import type { Environment } from "../../policy/rules";
import { ConfigFile } from "../lib/config-file";
import { pulumiOrThrow } from "../lib/pulumi";

const KEY = "berth:appSecrets";

/** The values of berth:appSecrets in an environment's config, decrypted; none where it has no such key. */
export async function configuredSecrets(environment: Environment): Promise<Record<string, string>> {
  if (!ConfigFile.read(environment).has("appSecrets")) return {};
  const text = await pulumiOrThrow(environment, ["config", "get", KEY, "--stack", environment]);
  return z.record(z.string(), z.string()).parse(JSON.parse(text));
}
