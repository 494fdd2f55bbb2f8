import type { DiffRequest, Properties, PropertyDiff, ReadOutcome, ReadRequest } from "../kit/types";

const HOUR_MS = 3_600_000;

/** True from `earlyRenewalHours` before a certificate's end. */
export function isDue(validityEndTime: string, earlyRenewalHours: number, now: Date): boolean {
  return now.getTime() >= Date.parse(validityEndTime) - earlyRenewalHours * HOUR_MS;
}

/**
 * Adds a replacement where the certificate is inside its renewal window: every preview and update asks, without a refresh. The
 * window is the new one, so that widening it renews at once.
 */
export function withRenewal(found: PropertyDiff[], { state, inputs }: DiffRequest): PropertyDiff[] {
  const end = state.validityEndTime;
  const hours = inputs.earlyRenewalHours;
  if (typeof end !== "string" || typeof hours !== "number" || !isDue(end, hours, new Date())) return found;
  return [...found, { property: "readyForRenewal", kind: "update", replace: true }];
}

/** A certificate lives only in the state; reading it says whether it is due. */
export function readCertificate({ id, state, inputs }: ReadRequest): ReadOutcome | undefined {
  if (typeof state.validityEndTime !== "string") return undefined;
  const hours = typeof inputs.earlyRenewalHours === "number" ? inputs.earlyRenewalHours : 0;
  const readyForRenewal = isDue(state.validityEndTime, hours, new Date());
  return { id, inputs, state: { ...state, readyForRenewal } };
}

/** Only `earlyRenewalHours` changes in place: the certificate stays as it is. */
export function keepCertificate(state: Properties, inputs: Properties): Properties {
  return { ...state, ...inputs };
}
