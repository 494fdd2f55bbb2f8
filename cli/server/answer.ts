import { z } from "zod";

/** When to renew, in days before the end (the service's THRESHOLDS, for identities that came without). */
export const DEFAULT_THRESHOLDS = { offeredFromDays: 10, warnFromDays: 14, mustRenewUnderDays: 3 };

/** What the service says beside the certificates. Fields that a newer service adds are passed over. */
export const serverFacts = z.object({
  /** What DOCKER_HOST is to be. */
  dockerEndpoint: z.string().startsWith("tcp://"),
  /** The developer's key for local secrets. */
  secretsEncryption: z.string(),
  sharedSecrets: z.string(),
  thresholds: z.object({
    offeredFromDays: z.number(),
    warnFromDays: z.number(),
    mustRenewUnderDays: z.number(),
  }),
});

export type ServerFacts = z.output<typeof serverFacts>;

/** The answer to issuing and renewing: `certificateAnswer` of the onboarding service. */
export const certificateAnswer = serverFacts.extend({ clientCert: z.string(), caCert: z.string() });

export type CertificateAnswer = z.output<typeof certificateAnswer>;

/** The answer to what the service does not do. */
export const refusalAnswer = z.object({ code: z.string(), message: z.string() });
