import { z } from "zod";

/** What the database says about one client certificate. */
export interface CertificateRow {
  developerId: string;
  role: "developer" | "ci" | "operator";
  /** Milliseconds since 1970: end of its life, or of the time it was left after it was renewed. */
  validUntilMs: number;
  /** Why it may not be used, if so. */
  blocked: "revoked" | "locked" | null;
}

/** Everything that the gateway knows of identities, as of one revision. */
export interface IdentitySnapshot {
  revision: string;
  /** By serial: 32 lower-case hex characters. */
  certificates: ReadonlyMap<string, CertificateRow>;
  /** Issuing CAs (PEM). */
  authorities: readonly string[];
}

/** One statement sees one state of the database: revision and rows always belong together. */
export const SNAPSHOT_QUERY = `
  SELECT (SELECT revision::text FROM gateway_revision) AS revision,
         (SELECT coalesce(json_agg(json_build_object(
            'serial', serial, 'developerId', developer_id, 'role', role,
            'validUntilMs', floor(extract(epoch FROM valid_until) * 1000)::float8, 'blocked', blocked)), '[]')
          FROM gateway_certificate) AS certificates,
         (SELECT coalesce(json_agg(certificate_pem), '[]') FROM gateway_authority) AS authorities`;

const answerSchema = z.object({
  revision: z.string().regex(/^\d+$/),
  certificates: z.array(
    z.object({
      serial: z.string().regex(/^[0-9a-f]{32}$/),
      developerId: z.string().regex(/^[a-z0-9]{1,16}$/),
      role: z.enum(["developer", "ci", "operator"]),
      validUntilMs: z.number(),
      blocked: z.enum(["revoked", "locked"]).nullable(),
    }),
  ),
  authorities: z.array(z.string()),
});

/**
 * Checks the row that SNAPSHOT_QUERY answers.
 * @throws Error where the views are not as agreed with the onboarding service: nobody is let in on a guess.
 */
export function parseSnapshot(row: unknown): IdentitySnapshot {
  const { revision, certificates, authorities } = answerSchema.parse(row);
  return {
    revision,
    certificates: new Map(certificates.map(({ serial, ...certificate }) => [serial, certificate])),
    authorities,
  };
}
