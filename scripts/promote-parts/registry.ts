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
    const reason = reasonOf(registry, error, signal, limitMs);
    throw new Error(`registry ${address} cannot be used: ${reason}. ${advice(registry, error, signal)}`, {
      cause: error,
    });
  }
}

const isRefusal = (error: unknown): boolean => /\((401|403)\)/.test((error as Error).message);

function reasonOf({ login }: Registry, error: unknown, signal: AbortSignal, limitMs: number): string {
  if (signal.aborted) return `no answer within ${limitMs / 1000} s`;
  if (!isRefusal(error)) return (error as Error).message.replace(/\.$/, "");
  return login ? `it does not accept the login "${login.username}"` : "it wants a login";
}

function advice(registry: Registry, error: unknown, signal: AbortSignal): string {
  const { code = "" } = ((error as Error).cause ?? {}) as { code?: string };
  const own = registry.caPem !== undefined;
  if (isRefusal(error)) {
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
      ? "It is a container of the dev stack: start it (docker ps --all --filter label=berth.role=registry) or run 'make up ENV=dev'; from another host, its address must lead there."
      : "Check the address in berth:registry.external, and the network between this machine and it.";
  }
  return "";
}
