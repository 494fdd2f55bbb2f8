import type { KeyObject } from "node:crypto";
import type { IssuingAuthority } from "../certificates/authority";
import { issueCertificate } from "../certificates/issue-certificate";
import type { OnboardingSettings } from "../settings";
import { insertCertificate, type CertificateLine, type StoredCertificate } from "../store/certificates";
import type { Database, Queries } from "../store/database";

/** What issuing a certificate takes. */
export interface Issuer {
  database: Database;
  authority: IssuingAuthority;
  pinKey: Buffer;
  settings: Pick<OnboardingSettings, "prefix" | "clientValidityHours" | "supersededGraceMinutes">;
}

/** Signs and stores, within the transaction that decided it: a certificate that is not stored is one that nobody has. */
export async function issueAndStore(
  { authority, settings }: Issuer,
  queries: Queries,
  publicKey: KeyObject,
  line: CertificateLine,
): Promise<StoredCertificate> {
  const subject = { developerId: line.developerId, role: line.role, prefix: settings.prefix };
  const issued = issueCertificate(authority, subject, publicKey, settings.clientValidityHours);
  return insertCertificate(queries, authority, line, issued);
}
