import { z } from "zod";
import { LONGEST_CSR } from "../certificates/certificate-request";
import { REFUSAL_CODES } from "../refusal";

const csr = z
  .string()
  .min(1)
  .max(LONGEST_CSR)
  .describe("PKCS#10 certificate request in PEM; only its public key is used.");

export const issueRequest = z.strictObject({
  devId: z
    .string()
    .regex(/^[a-z0-9]{1,16}$/)
    .describe("Developer id, such as 01."),
  pin: z
    .string()
    .min(1)
    .max(64)
    .describe("One-time PIN from the operator; case, spaces and hyphens do not matter."),
  csr,
});

export const renewRequest = z.strictObject({ csr });

/** When a client renews. The CLI acts on them; the service renews at any time. */
export const THRESHOLDS = { offeredFromDays: 10, warnFromDays: 14, mustRenewUnderDays: 3 };

export const certificateAnswer = z.strictObject({
  clientCert: z.string().describe("The client certificate with its issuing CA behind it (PEM)."),
  caCert: z.string().describe("The root certificate to trust (PEM)."),
  expiresAt: z.iso.datetime().describe("End of the client certificate."),
  dockerEndpoint: z.string().describe("What DOCKER_HOST is to be."),
  secretsEncryption: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("The developer's key for local secrets, always the same."),
  sharedSecrets: z.string().describe("Where the shared secrets are; empty when there are none."),
  thresholds: z
    .strictObject({ offeredFromDays: z.int(), warnFromDays: z.int(), mustRenewUnderDays: z.int() })
    .describe("Days before the end from which renewing is offered, warned about, and needed."),
});

export const refusalAnswer = z.strictObject({
  code: z.enum(REFUSAL_CODES).describe("For programs."),
  message: z.string().describe("For people: what is wrong and what to do."),
});

export const healthAnswer = z.strictObject({ status: z.literal("alive") });

const check = z.string().describe('"ok", or what is wrong.');
export const readyAnswer = z.strictObject({
  status: z.enum(["ready", "not ready"]),
  checks: z.strictObject({ database: check, migrations: check, authority: check, serverCertificate: check }),
});

export type CertificateAnswer = z.output<typeof certificateAnswer>;
export type ReadyAnswer = z.output<typeof readyAnswer>;
