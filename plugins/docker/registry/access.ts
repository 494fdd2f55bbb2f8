import type { RegistryLogin } from "../engine/registry-auth";

/** A registry and the way in. */
export interface RegistryAccess {
  /** `https://registry.example.com`, without a path. */
  baseUrl: string;
  login?: RegistryLogin;
  /** Accept any certificate (insecureSkipVerify). */
  insecure: boolean;
  /** Accept certificates of this CA only. */
  caPem?: string;
  signal?: AbortSignal;
}
