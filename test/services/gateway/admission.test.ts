import type { TLSSocket } from "node:tls";
import { Admission, type Identities } from "../../../services/gateway/identity/admission";
import { parseSnapshot } from "../../../services/gateway/identity/snapshot";

const serial = "0a".repeat(16);
const DAY_MS = 86_400_000;
const now = Date.parse("2026-01-10T00:00:00Z");

/** What Node tells of a connection whose certificate OpenSSL accepted. */
function connection(changed: Record<string, unknown> = {}): TLSSocket {
  const certificate = {
    serialNumber: serial.toUpperCase().replace(/^0/, ""),
    ca: false,
    keyUsage: ["1.3.6.1.5.5.7.3.2"],
    validFrom: "Jan  1 00:00:00 2026 GMT",
    validTo: "Jan 31 00:00:00 2026 GMT",
    toLegacyObject: () => ({ subject: { CN: "01", OU: "developer", O: "berth" } }),
    ...changed,
  };
  return { authorized: true, getPeerX509Certificate: () => certificate } as unknown as TLSSocket;
}

function identities(changed: Partial<Identities> & { row?: Record<string, unknown> } = {}): Identities {
  const row = { serial, developerId: "01", role: "developer", validUntilMs: now + DAY_MS, blocked: null };
  const snapshot = parseSnapshot({
    revision: "1",
    certificates: [{ ...row, ...changed.row }],
    authorities: [],
  });
  const nothing = (): Promise<void> => Promise.resolve();
  return { ...{ snapshot, problem: undefined, fresh: nothing, askAgain: nothing }, ...changed };
}

const admit = (socket: TLSSocket, source: Identities, at = now) =>
  new Admission(source, "berth", () => at).admit(socket);

describe("the admission of a caller", () => {
  it("goes by the serial, however Node writes it", async () => {
    expect(await admit(connection(), identities())).toEqual({ developerId: "01", role: "developer", serial });
  });

  it.each<[string, TLSSocket, Identities, number, string]>([
    [
      "an unreachable source",
      connection(),
      identities({ problem: "down" }),
      503,
      "identity-source-unreachable",
    ],
    [
      "no snapshot yet",
      connection(),
      identities({ snapshot: undefined }),
      503,
      "identity-source-unreachable",
    ],
    [
      "a revoked certificate",
      connection(),
      identities({ row: { blocked: "revoked" } }),
      403,
      "certificate-revoked",
    ],
    ["a locked developer", connection(), identities({ row: { blocked: "locked" } }), 403, "identity-locked"],
    [
      "the very moment of its end",
      connection(),
      identities({ row: { validUntilMs: now } }),
      401,
      "certificate-expired",
    ],
    [
      "a certificate authority's certificate",
      connection({ ca: true }),
      identities(),
      401,
      "certificate-not-for-clients",
    ],
    [
      "two names in the subject",
      connection({ toLegacyObject: () => ({ subject: { CN: ["01", "02"], OU: "developer", O: "berth" } }) }),
      identities(),
      403,
      "certificate-disagrees",
    ],
    [
      "a longer serial with a known end",
      connection({ serialNumber: `FF${serial}` }),
      identities(),
      403,
      "certificate-unknown",
    ],
  ])("refuses %s", async (_what, socket, source, status, reason) => {
    expect(await admit(socket, source)).toMatchObject({ kind: "refusal", status, reason });
  });

  it("ends with the certificate's own time, whatever the database says", async () => {
    const source = identities({ row: { validUntilMs: now + 100 * DAY_MS } });
    expect(await admit(connection(), source, now + 30 * DAY_MS)).toMatchObject({
      reason: "certificate-expired",
    });
    expect(await admit(connection(), source, now - 30 * DAY_MS)).toMatchObject({
      reason: "certificate-expired",
    });
  });

  it("is asked again for each request of a connection", async () => {
    const source = identities();
    const socket = connection();
    expect(await admit(socket, source)).toMatchObject({ serial });
    expect(await admit(socket, identities({ row: { blocked: "revoked" } }))).toMatchObject({ status: 403 });
  });

  it("asks the database once more before it calls a certificate unknown", async () => {
    const source = { ...identities({ row: { serial: "bb".repeat(16) } }) };
    const known = identities().snapshot;
    const asking = { ...source, askAgain: () => Promise.resolve(void (asking.snapshot = known)) };
    expect(await admit(connection(), asking)).toMatchObject({ serial });
  });
});
