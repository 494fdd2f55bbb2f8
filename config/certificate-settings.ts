import { z } from "zod";
import { longestLifeHours } from "../policy/rules";
import { address, namePart } from "./fields";

/** A window as long as the life renews at every `up`, which is how to force a renewal; a longer one says no more and is a mistake. */
function refuseWindowBeyondLife(
  { validityHours, earlyRenewalHours }: { validityHours: number; earlyRenewalHours: number },
  context: z.RefinementCtx,
): void {
  if (earlyRenewalHours <= validityHours) return;
  const message = "must be at most validityHours";
  context.addIssue({ code: "custom", path: ["earlyRenewalHours"], message });
}

/** Life of certificates. A CA outlives what it issues; a renewal window lets `up` replace one before it ends. */
export const certificates = z
  .strictObject({
    root: z
      .strictObject({
        /** Ten years: replacing the root means that every client must trust a new one. */
        validityHours: z.int().min(24).max(longestLifeHours.root).default(87_600),
        earlyRenewalHours: z.int().min(0).default(8_760),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    issuing: z
      .strictObject({
        /** Count it up for a new issuing CA: what the old one issued holds until it ends, and clients notice nothing. */
        generation: z.int().min(1).default(1),
        validityHours: z.int().min(24).max(longestLifeHours.issuing).default(43_800),
        earlyRenewalHours: z.int().min(0).default(4_380),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    server: z
      .strictObject({
        /** 90 days, as public CAs do. */
        validityHours: z.int().min(1).max(longestLifeHours.server).default(2_160),
        earlyRenewalHours: z.int().min(0).default(720),
        /** Names that the host is reached by, beside localhost and the proxy's domain. */
        dnsNames: z.array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/, "must be a DNS name")).default([]),
        /** Addresses that the host is reached by, beside 127.0.0.1 and ::1. */
        ipAddresses: z.array(address).default([]),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    /** Client certificates by the operator's hand: one for each request that stands here, and for no other. */
    clients: z
      .array(
        z
          .strictObject({
            developerId: namePart(16).regex(/^[^-]*$/, "must not contain a hyphen"),
            /** PKCS#10 request in PEM (RFC 2986); the key stays with the developer. */
            csrPem: z
              .string()
              .startsWith("-----BEGIN CERTIFICATE REQUEST-----", "must be a certificate request in PEM"),
            /** 30 days. */
            validityHours: z.int().min(1).max(longestLifeHours.client).default(720),
            earlyRenewalHours: z.int().min(0).default(0),
          })
          .superRefine(refuseWindowBeyondLife),
      )
      .default([]),
  })
  .prefault({});
