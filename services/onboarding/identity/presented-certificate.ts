import { X509Certificate } from "node:crypto";
import { serialOf } from "../certificates/issue-certificate";
import { Refusal } from "../refusal";
import { findCertificate, type StoredCertificate } from "../store/certificates";
import type { Queries } from "../store/database";

/**
 * Who presents a client certificate: the very one that the database has under its serial, signed by the CA it is recorded with, in date
 * and not revoked. It trusts nothing that TLS decided before, so a resumed session is checked like any other.
 * @throws Refusal that says what to do.
 */
export async function verifyPresented(
  queries: Queries,
  presented: X509Certificate | undefined,
  now = new Date(),
): Promise<StoredCertificate> {
  if (!presented) {
    throw new Refusal(
      401,
      "certificate_required",
      "Renewing takes your client certificate: connect with it, or onboard with a PIN (berth dev init).",
    );
  }
  const stored = await findCertificate(queries, serialOf(presented));
  if (!stored || !isTheStoredOne(presented, stored)) {
    throw new Refusal(
      403,
      "certificate_unknown",
      "This client certificate is none that this service has issued.",
    );
  }
  if (stored.revoked) {
    throw new Refusal(
      403,
      "certificate_revoked",
      "This client certificate is revoked: ask the operator for a new PIN.",
    );
  }
  if (stored.notAfter <= now) {
    throw new Refusal(
      403,
      "certificate_expired",
      `This client certificate expired at ${stored.notAfter.toISOString()}: onboard again with a PIN ` +
        `(the operator makes one: berth-admin pin create --dev-id ${stored.developerId}).`,
    );
  }
  return stored;
}

function isTheStoredOne(presented: X509Certificate, { pem, authorityPem }: StoredCertificate): boolean {
  const authority = new X509Certificate(authorityPem);
  return (
    presented.raw.equals(new X509Certificate(pem).raw) &&
    presented.checkIssued(authority) &&
    presented.verify(authority.publicKey)
  );
}
