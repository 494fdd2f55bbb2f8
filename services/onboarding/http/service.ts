import type { Issuer } from "../identity/issuer";
import type { KeyMaterial } from "../key-material";
import type { Limits } from "../limits";
import type { Metrics } from "../metrics";
import type { OnboardingSettings } from "../settings";

/** All that answers requests. */
export interface Service {
  issuer: Issuer & { settings: OnboardingSettings };
  keys: KeyMaterial;
  limits: Limits;
  metrics: Metrics;
}
