/** The Pulumi engine and Node language host: the same version as the npm package `@pulumi/pulumi`. */
export const ENGINE_VERSION = "3.256.0";

/** A provider plugin that the stack needs: the same version as the npm package `@pulumi/<name>`. */
export interface ProviderPlugin {
  name: string;
  version: string;
}

export const PROVIDER_PLUGINS: readonly ProviderPlugin[] = [
  { name: "docker", version: "5.2.0" },
  { name: "tls", version: "5.5.1" },
  { name: "command", version: "1.2.1" },
];

/** Needed by workspaces in the cloud alone, and large: made present when one is first asked for, not by scripts/toolchain. */
export const CLOUD_PLUGINS = {
  azure: { name: "azure-native", version: "3.28.0" },
} as const satisfies Record<string, ProviderPlugin>;

/** Accepts the wanted version and any later one of the same major version: those run programs of older SDKs. */
export function isAccepted(found: string, wanted: string): boolean {
  const parse = (version: string): number[] | undefined =>
    /^v?(\d+)\.(\d+)\.(\d+)/.exec(version.trim())?.slice(1).map(Number);
  const [foundParts, wantedParts] = [parse(found), parse(wanted)];
  if (foundParts === undefined || wantedParts === undefined) return false;
  if (foundParts[0] !== wantedParts[0]) return false;
  const firstDifference = foundParts.findIndex((part, index) => part !== wantedParts[index]);
  return firstDifference < 0 || (foundParts[firstDifference] ?? 0) > (wantedParts[firstDifference] ?? 0);
}
