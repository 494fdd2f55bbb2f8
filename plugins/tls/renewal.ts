import type { DiffRequest, Properties, PropertyDiff, ReadOutcome, ReadRequest } from "../kit/types";

const HOUR_MS = 3_600_000;

/** The time that many hours later. */
export function hoursAfter(time: Date, hours: number): Date {
  return new Date(time.getTime() + hours * HOUR_MS);
}

/** True from `earlyRenewalHours` before a certificate's end. */
export function isDue(validityEndTime: string, earlyRenewalHours: number, now: Date): boolean {
  return now >= hoursAfter(new Date(validityEndTime), -earlyRenewalHours);
}

/**
 * Adds a replacement where the certificate is inside its renewal window: every preview and update asks, without a refresh.
 * The window is the new one, so that widening it renews at once, and narrowing it takes back what a refresh noted.
 */
export function withRenewal(found: PropertyDiff[], { state, inputs }: DiffRequest): PropertyDiff[] {
  const end = state.validityEndTime;
  const hours = inputs.earlyRenewalHours;
  if (typeof end !== "string" || typeof hours !== "number") return found;
  const due = isDue(end, hours, new Date());
  if (!due && state.readyForRenewal !== true) return found;
  return [...found, { property: "readyForRenewal", kind: "update", replace: due }];
}

/**
 * A certificate lives only in the state; reading it says whether it is due.
 *
 * @throws Error for an import: there is nothing to read from.
 */
export function readCertificate({ id, state, inputs }: ReadRequest): ReadOutcome {
  const { validityEndTime, earlyRenewalHours } = state;
  if (typeof validityEndTime !== "string") {
    throw new Error(
      "a certificate cannot be imported, because only the state has it: let the plugin make one",
    );
  }
  const hours = typeof earlyRenewalHours === "number" ? earlyRenewalHours : 0;
  const readyForRenewal = state.readyForRenewal === true || isDue(validityEndTime, hours, new Date());
  return { id, inputs, state: { ...state, readyForRenewal } };
}

/** An update in place leaves the certificate as it is; only its window moved, and it is not due, or it would be replaced. */
export function keepCertificate(state: Properties, inputs: Properties): Properties {
  return { ...state, ...inputs, readyForRenewal: false };
}
