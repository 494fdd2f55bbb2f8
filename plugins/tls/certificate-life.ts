import type { CheckFailure, Properties, PropertyDiff, PropertySpec, ResourceDefinition } from "../kit/types";
import { allowedUseNames } from "./key-usages";
import { hoursAfter, keepCertificate, readCertificate, withRenewal } from "./renewal";

/** Inputs that self-signed and locally signed certificates have in common. */
export const certificateProperties: Record<string, PropertySpec> = {
  allowedUses: {
    type: "list",
    required: true,
    onChange: "replace",
    items: { type: "string", enum: allowedUseNames },
  },
  earlyRenewalHours: { type: "integer", default: 0, onChange: "update" },
  isCaCertificate: { type: "boolean", default: false, onChange: "replace" },
  maxPathLength: { type: "integer", onChange: "replace" },
  setSubjectKeyId: { type: "boolean", default: false, onChange: "replace" },
  validityPeriodHours: { type: "integer", required: true, onChange: "replace" },
};

/** Outputs that both have. */
export const certificateOutputs = {
  certPem: {},
  readyForRenewal: {},
  validityEndTime: {},
  validityStartTime: {},
};

/** RFC 5280, 4.1.2.5: a date has four digits for the year. */
const LAST_DATE = new Date("9999-12-31T23:59:59Z");

const LEAST: Record<string, number> = { earlyRenewalHours: 0, validityPeriodHours: 0, maxPathLength: -1 };

/** What cannot be a certificate, whatever else is right. Unknowns pass. */
export function certificateFailures(inputs: Properties): CheckFailure[] {
  const below = Object.entries(LEAST).flatMap(([property, least]) => {
    const value = inputs[property];
    return typeof value === "number" && value < least
      ? [{ property, reason: `"${property}" must be ${least} or more` }]
      : [];
  });
  const hours = inputs.validityPeriodHours;
  // A comparison that also an invalid date, beyond what JavaScript counts, does not pass.
  const ends = typeof hours !== "number" || hoursAfter(new Date(), hours) <= LAST_DATE;
  const reason = '"validityPeriodHours" would end after the year 9999: give fewer hours';
  return ends ? below : [...below, { property: "validityPeriodHours", reason }];
}

/** What both kinds of certificate do alike after they were made. */
export const certificateLife: Pick<ResourceDefinition, "diff" | "read" | "update" | "previewOutputs"> = {
  diff: (_call, request, found) => withRenewal(withoutEqualPathLength(found, request), request),
  read: (_call, old) => Promise.resolve(readCertificate(old)),
  update: (_call, old, inputs) => Promise.resolve(keepCertificate(old.state, inputs)),
  // An update in place keeps the certificate; unknown outputs would show all that it signed as replaced too.
  previewOutputs: (inputs, old) => (old === undefined ? {} : keepCertificate(old.state, inputs)),
};

/** Computed where the program gives none: left out, it stays as it was made (int64planmodifier.UseStateForUnknown). */
function withoutEqualPathLength(
  found: PropertyDiff[],
  { state, inputs }: { state: Properties; inputs: Properties },
): PropertyDiff[] {
  const wanted = inputs.maxPathLength ?? state.maxPathLength;
  return found.filter(
    ({ property }) => property !== "maxPathLength" || wanted !== (state.maxPathLength ?? undefined),
  );
}
