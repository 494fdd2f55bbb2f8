import type { Identity } from "../identity/identity";
import type { IdentityStore } from "../identity/store";
import { DAY_MS, endOf } from "../identity/pair";
import { DEFAULT_THRESHOLDS, serverFacts } from "../server/answer";
import { renew } from "../server/onboarding";

/**
 * Gets the next certificate, or the same again after an answer that was lost, and makes it the current one.
 * @throws Refused; Failure (unreachable). Nothing is lost by either: the same key is sent again the next time.
 */
export async function renewIdentity(
  store: IdentityStore,
  identity: Identity,
  server: URL,
  timeoutMs?: number,
): Promise<Identity> {
  const { keyPem, csrPem } = store.keyForRenewal(identity);
  const answer = await renew(server, identity, csrPem, timeoutMs);
  const pair = { keyPem, certPem: answer.clientCert, caPem: identity.caPem };
  const renewed = store.save(pair, serverFacts.parse(answer));
  store.forgetEnded();
  return renewed;
}

/** How urgent a renewal is, by the days that the server has set. */
export type Urgency = "none" | "warn" | "offered" | "needed";

export function daysLeft(certPem: string, now = new Date()): number {
  return (endOf(certPem).getTime() - now.getTime()) / DAY_MS;
}

/** Warned about first (14 days left), then offered (10) and needed (3). */
export function urgency(days: number, thresholds = DEFAULT_THRESHOLDS): Urgency {
  if (days < thresholds.mustRenewUnderDays) return "needed";
  if (days <= thresholds.offeredFromDays) return "offered";
  return days <= thresholds.warnFromDays ? "warn" : "none";
}

/** What to say about a certificate that ends soon; undefined where it does not. */
export function renewalWarning({ certPem, facts }: Identity): string | undefined {
  const days = daysLeft(certPem);
  const level = urgency(days, facts?.thresholds);
  if (level === "none") return undefined;
  const end = `the certificate ends in ${Math.max(0, Math.floor(days))} days, at ${endOf(certPem).toISOString()}`;
  return `${end}: run \`berth dev renew\`${level === "needed" ? " now, or you will need a new PIN" : ""}`;
}
