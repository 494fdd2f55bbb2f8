import type { TLSSocket } from "node:tls";
import type { Caller, Refusal } from "../rules/types";
import { presentedCertificate, type PresentedCertificate } from "./certificate";
import type { IdentitySnapshot } from "./snapshot";

/** Where identities come from: the database's follower. */
export interface Identities {
  readonly snapshot: IdentitySnapshot | undefined;
  /** Why nobody may be let in now. */
  readonly problem: string | undefined;
  fresh(): Promise<void>;
  askAgain(): Promise<void>;
}

const RENEW_OR_ONBOARD = "renew it (berth dev renew), or onboard again with a PIN (berth dev init)";

/** Tells whether a connection's certificate lets its holder in, asked anew for every request and, for open streams, several times a second. */
export class Admission {
  constructor(
    private readonly identities: Identities,
    /** Organisation that certificates of this installation carry. */
    private readonly prefix: string,
    private readonly nowMs: () => number = Date.now,
  ) {}

  /** For a new request: waits, shortly, for news that may be on their way. */
  async admit(socket: TLSSocket): Promise<Caller | Refusal> {
    const certificate = presentedCertificate(socket);
    if ("message" in certificate) return { kind: "refusal", status: 401, ...certificate };
    await this.identities.fresh();
    const verdict = this.judge(certificate);
    if (!("kind" in verdict) || verdict.reason !== "certificate-unknown") return verdict;
    await this.identities.askAgain();
    return this.judge(certificate);
  }

  /** Why a request of this certificate, let in before, may not go on; undefined while it may. */
  problemOf(socket: TLSSocket): Refusal | undefined {
    const certificate = presentedCertificate(socket);
    if ("message" in certificate) return { kind: "refusal", status: 401, ...certificate };
    const verdict = this.judge(certificate);
    return "kind" in verdict ? verdict : undefined;
  }

  private judge(certificate: PresentedCertificate): Caller | Refusal {
    const { serial, developerId, role } = certificate;
    const refuse = (status: number, reason: string, message: string): Refusal => ({
      ...{ kind: "refusal", status, reason, message },
      object: `certificate ${serial}`,
    });
    const { snapshot, problem } = this.identities;
    if (problem !== undefined || snapshot === undefined) {
      const message = `the gateway cannot tell who is revoked, so it lets nobody in: ${problem}; ask your operator`;
      return refuse(503, "identity-source-unreachable", message);
    }
    const row = snapshot.certificates.get(serial);
    if (row === undefined) {
      const message = `your certificate ${serial} is not known to this installation: onboard again with a PIN (berth dev init)`;
      return refuse(403, "certificate-unknown", message);
    }
    if (row.developerId !== developerId || row.role !== role || certificate.organisation !== this.prefix) {
      const message = `your certificate ${serial} does not say what the installation knows of it: tell your operator`;
      return refuse(403, "certificate-disagrees", message);
    }
    if (row.blocked === "revoked") {
      const message = `your certificate ${serial} is revoked: ask your operator for a PIN to onboard again`;
      return refuse(403, "certificate-revoked", message);
    }
    if (row.blocked === "locked") {
      const message = `developer ${developerId} is locked, because a copy of a certificate was used: talk to your operator`;
      return refuse(403, "identity-locked", message);
    }
    const now = this.nowMs();
    if (now < certificate.notBeforeMs || now >= certificate.notAfterMs) {
      const message = `your certificate ended at ${new Date(certificate.notAfterMs).toISOString()}: onboard again with a PIN (berth dev init)`;
      return refuse(401, "certificate-expired", message);
    }
    if (now >= row.validUntilMs) {
      const message = `your certificate was good until ${new Date(row.validUntilMs).toISOString()}: ${RENEW_OR_ONBOARD}`;
      return refuse(401, "certificate-expired", message);
    }
    return { developerId, role: row.role, serial };
  }
}
