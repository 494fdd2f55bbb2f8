import { judge, later, UNKNOWN, type Finding, type Known, type Rule } from "./finding";

/** What a certificate is for decides how long it may live. */
export type CertificateKind = "root" | "issuing" | "server" | "client";

/**
 * Longest life of each kind of certificate, in hours. A client's is short because a laptop is easily lost; a server's is what
 * public CAs may give (CA/Browser Forum, ballot SC22); a CA's is how long clients and operators are left alone.
 */
export const longestLifeHours: Record<CertificateKind, number> = {
  root: 20 * 365 * 24,
  issuing: 10 * 365 * 24,
  server: 397 * 24,
  client: 90 * 24,
};

/** What the rules ask about a certificate. */
export interface CertificateFacts {
  kind: Known<CertificateKind>;
  validityHours: Known<number | undefined>;
}

/** Returns one sentence for a life that is too long or not given, none where all is well. */
export function certificateLifeProblems(kind: CertificateKind, validityHours: number | undefined): string[] {
  const longest = longestLifeHours[kind];
  if (validityHours !== undefined && validityHours > 0 && validityHours <= longest) return [];
  const found = validityHours === undefined ? "has no end" : `lives ${validityHours} hours`;
  return [
    `the ${kind} certificate ${found}: set its validity to 1 to ${longest} hours (${longest / 24} days)`,
  ];
}

export const certificateLife: Rule<CertificateFacts> = {
  name: "certificate-life",
  description: `Certificates end: a client's after at most ${longestLifeHours.client / 24} days, a server's after ${longestLifeHours.server / 24}, an issuing CA's after 10 years, a root's after 20.`,
  check({ kind, validityHours }): Finding[] {
    if (kind === UNKNOWN) return [later("allowedUses")];
    return judge("validityPeriodHours", validityHours, (hours) => certificateLifeProblems(kind, hours));
  },
};
