import type { RegistryLogin } from "../../plugins/docker/engine/registry-auth";
import { manifestDigest } from "../../plugins/docker/registry/manifests";

/** A registry that images are promoted to. */
export interface Registry {
  /** Host, and port where it is not 443: the first part of image names. */
  address: string;
  login?: RegistryLogin;
  /** CA of a registry of ours; without it the registry is somebody else's, and the system's CAs are trusted. */
  caPem?: string;
}

/** A registry that does not even begin to answer in this time is taken as unreachable. */
const ANSWER_LIMIT_MS = 10_000;

/**
 * Asks the registry, over verified TLS, by which digest it knows an image.
 * @param name `<address>/<repository>@<digest>` or with a tag.
 * @returns undefined where it does not know it.
 * @throws Error naming the registry and what to do, within seconds.
 */
export async function digestInRegistry(
  registry: Registry,
  name: string,
  limitMs = ANSWER_LIMIT_MS,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(limitMs);
  const { address, login, caPem } = registry;
  try {
    return await manifestDigest(name, {
      baseUrl: `https://${address}`,
      login,
      caPem,
      insecure: false,
      signal,
    });
  } catch (error) {
    const reason = signal.aborted ? `no answer within ${limitMs / 1000} s` : (error as Error).message;
    throw new Error(`registry ${address} cannot be used: ${reason} ${advice(registry, error, signal)}`, {
      cause: error,
    });
  }
}

function advice(registry: Registry, error: unknown, signal: AbortSignal): string {
  const { code = "" } = ((error as Error).cause ?? {}) as { code?: string };
  const own = registry.caPem !== undefined;
  if (/\((401|403)\)/.test((error as Error).message)) {
    return own
      ? "Run 'make up ENV=dev', which gives the registry and this command the same password."
      : "Correct the account in berth:registry.external and its password: pulumi config set --secret berth:registryPassword, or the variable BERTH_REGISTRY_PASSWORD.";
  }
  if (/CERT|ALTNAME|SIGNATURE|SSL|TLS/.test(code)) {
    return own
      ? "Its certificate is not of the dev stack's CA, has expired, or is for another name: run 'make up ENV=dev'."
      : "Its certificate is not accepted: check the address, and the CAs that this machine trusts.";
  }
  if (signal.aborted || code !== "") {
    return own
      ? "It runs as a container of the dev stack: run 'make up ENV=dev', and run this command on that host or where its address leads there."
      : "Check the address in berth:registry.external, and the network between this machine and it.";
  }
  return "";
}
