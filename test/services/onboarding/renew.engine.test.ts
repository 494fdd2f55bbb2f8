import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import { Agent } from "node:https";
import * as path from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { authorityProblem, readAuthority } from "../../../services/onboarding/certificates/authority";
import { unlock, revokeSerial } from "../../../services/onboarding/identity/operator";
import { listEvents } from "../../../services/onboarding/store/events";
import { ask, type Answer, type Identity } from "./https";
import { Lab, openssl, type Replica } from "./lab";
import { makeAuthority } from "./openssl";
import { quickRequest } from "./request-builder";

let lab: Lab;
let replica: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  replica = await lab.replica();
});
afterAll(() => lab.dispose());

const codeOf = ({ status, json }: Answer): unknown => [status, json.code];
const serialOf = (answer: Answer): string =>
  new X509Certificate(String(answer.json.clientCert)).serialNumber.toLowerCase();

async function renewed(identity: Identity): Promise<Identity & { serial: string }> {
  const { csrPem, keyPem } = quickRequest();
  const answer = await lab.renew(replica, identity, csrPem);
  if (answer.status !== 200) throw new Error(answer.text);
  return { certPem: String(answer.json.clientCert), keyPem, serial: serialOf(answer) };
}

/** A client certificate of the lab's CA that ended yesterday. */
function expiredCertificate(): Identity {
  const { csrPem, keyPem } = quickRequest();
  const ca = (name: string): string => path.join(lab.authorityFolder, name);
  const args = [
    "x509",
    "-req",
    "-CA",
    ca("issuing"),
    "-CAkey",
    ca("issuing-key"),
    "-set_serial",
    "0x77",
    "-days",
    "-1",
  ];
  return { certPem: openssl(args, csrPem), keyPem };
}

const gateway = (columns: string, condition = "true"): Promise<Record<string, unknown>[]> =>
  lab.sql(`SELECT ${columns} FROM gateway_certificate WHERE ${condition} ORDER BY valid_until`, "gateway");

describe("renewing", () => {
  it("gives the same answer as onboarding, for the same developer and role, with a new serial", async () => {
    const pin = await lab.pin("01", "operator");
    const { csrPem, keyPem } = quickRequest();
    const first = await lab.issue(replica, "01", pin, csrPem);
    const identity = { certPem: String(first.json.clientCert), keyPem };
    const answer = await lab.renew(replica, identity, quickRequest().csrPem);
    expect(answer.status).toBe(200);
    expect({ ...answer.json, clientCert: 0, expiresAt: 0 }).toEqual({
      ...first.json,
      clientCert: 0,
      expiresAt: 0,
    });
    expect(serialOf(answer)).not.toBe(serialOf(first));
    const subject = openssl(
      ["x509", "-noout", "-subject", "-nameopt", "RFC2253"],
      String(answer.json.clientCert),
    );
    expect(subject).toBe("subject=CN=01,OU=operator,O=berth\n");
  });

  it("goes on from each certificate to the next, and lets the one before hold for its grace", async () => {
    const first = await lab.onboard(replica, "02");
    const second = await renewed(first);
    const third = await renewed(second);
    const rows = await gateway(
      "serial, round(extract(epoch FROM valid_until - now()) / 60)::int AS minutes, blocked",
      "developer_id = '02'",
    );
    expect(rows.slice(0, 2)).toEqual([
      { serial: first.serial, minutes: 60, blocked: null },
      { serial: second.serial, minutes: 60, blocked: null },
    ]);
    expect(rows[2]).toMatchObject({ serial: third.serial, blocked: null });
    expect(Number(rows[2]?.minutes)).toBeGreaterThan(29 * 24 * 60);
  });

  it("gives the same certificate again for the same key, after a lost answer", async () => {
    const first = await lab.onboard(replica, "03");
    const { csrPem } = quickRequest();
    const answer = await lab.renew(replica, first, csrPem);
    expect((await lab.renew(replica, first, csrPem)).json).toEqual(answer.json);
    // Even when the laptop comes back after the grace: only who has the new key can ask so.
    await lab.sql(`UPDATE certificate SET valid_until = now() WHERE serial = '${first.serial}'`);
    expect((await lab.renew(replica, first, csrPem)).json).toEqual(answer.json);
    expect(await lab.sql("SELECT FROM certificate WHERE developer_id = '03'")).toHaveLength(2);
  });

  it("with a copied certificate locks the identity, and the audit trail says so", async () => {
    const original = await lab.onboard(replica, "04");
    const current = await renewed(original);
    expect(codeOf(await lab.renew(replica, original, quickRequest().csrPem))).toEqual([
      403,
      "identity_locked",
    ]);
    expect(codeOf(await lab.renew(replica, current, quickRequest().csrPem))).toEqual([
      403,
      "identity_locked",
    ]);
    expect(await gateway("DISTINCT blocked, 1 AS valid_until", "developer_id = '04'")).toMatchObject([
      { blocked: "locked" },
    ]);
    const [event] = await lab.sql("SELECT outcome, serial, detail FROM event WHERE detail LIKE '%copied%'");
    expect(event).toMatchObject({ outcome: "identity_locked", serial: original.serial });
    await unlock(lab.operator(), "04");
    await renewed(current);
  });

  it("at once from two places locks the identity: one of them has a copy", async () => {
    const identity = await lab.onboard(replica, "05");
    const both = await Promise.all([1, 2].map(() => lab.renew(replica, identity, quickRequest().csrPem)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    expect(
      await lab.sql("SELECT FROM developer WHERE developer_id = '05' AND locked_at IS NOT NULL"),
    ).toHaveLength(1);
  });

  it("of one laptop leaves another laptop of the same developer alone", async () => {
    const [desk, sofa] = [await lab.onboard(replica, "06"), await lab.onboard(replica, "06")];
    await renewed(await renewed(desk));
    await renewed(sofa);
  });

  it("wants a new key", async () => {
    const { csrPem, keyPem } = quickRequest();
    const answer = await lab.issue(replica, "07", await lab.pin("07"), csrPem);
    const identity = { certPem: String(answer.json.clientCert), keyPem };
    expect(codeOf(await lab.renew(replica, identity, csrPem))).toEqual([409, "key_reused"]);
    await renewed(identity);
  });

  it("with an expired certificate says to onboard again", async () => {
    const { serial } = await lab.onboard(replica, "08");
    const expired = expiredCertificate();
    const expiredSerial = new X509Certificate(expired.certPem).serialNumber.toLowerCase().padStart(32, "0");
    await lab.sql(
      `UPDATE certificate SET serial = '${expiredSerial}', certificate_pem = '${expired.certPem}',
         not_after = now() - interval '1 day', valid_until = now() - interval '1 day' WHERE serial = '${serial}'`,
    );
    const answer = await lab.renew(replica, expired, quickRequest().csrPem);
    expect(codeOf(answer)).toEqual([403, "certificate_expired"]);
    expect(answer.json.message).toMatch(/onboard again with a PIN/);
  });

  it("with a revoked certificate is refused", async () => {
    const identity = await lab.onboard(replica, "10");
    await revokeSerial(lab.operator(), identity.serial);
    expect(codeOf(await lab.renew(replica, identity, quickRequest().csrPem))).toEqual([
      403,
      "certificate_revoked",
    ]);
    const [event] = (await listEvents(lab.operator().database, { developerId: "10", limit: 1 })).slice(-1);
    expect(event).toMatchObject({
      ...{ actor: "unknown", action: "certificate.renew", outcome: "certificate_revoked" },
      ...{ serial: identity.serial, address: "127.0.0.1" },
    });
  });

  it("without a certificate, or with one that the service never issued, is refused", async () => {
    const { csrPem } = quickRequest();
    expect(codeOf(await lab.renew(replica, undefined, csrPem))).toEqual([401, "certificate_required"]);
    // From the very CA, with the names of a developer, but not in the database; and a server's certificate.
    const { serverCertPem, serverKeyPem } = lab.authority;
    const server = { certPem: serverCertPem, keyPem: serverKeyPem };
    expect(codeOf(await lab.renew(replica, server, csrPem))).toEqual([403, "certificate_unknown"]);
    const identity = await lab.onboard(replica, "11");
    await lab.sql(`DELETE FROM certificate WHERE serial = '${identity.serial}'`);
    expect(codeOf(await lab.renew(replica, identity, csrPem))).toEqual([403, "certificate_unknown"]);
  });

  it("with a forged certificate of a known serial is refused", async () => {
    const identity = await lab.onboard(replica, "12");
    const { keyPem } = quickRequest();
    const keyFile = path.join(lab.folder, "forger-key.pem");
    fs.writeFileSync(keyFile, keyPem);
    const forged = openssl(
      [
        "req",
        "-x509",
        "-key",
        keyFile,
        "-subj",
        "/O=berth/OU=developer/CN=12",
        "-set_serial",
        `0x${identity.serial}`,
      ],
      "",
    );
    expect(codeOf(await lab.renew(replica, { certPem: forged, keyPem }, quickRequest().csrPem))).toEqual([
      403,
      "certificate_unknown",
    ]);
  });
});

describe("a connection that was opened before", () => {
  it("is asked again at every request", async () => {
    const identity = await lab.onboard(replica, "13");
    const tls = { ca: lab.authority.rootPem, cert: identity.certPem, key: identity.keyPem };
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ...tls });
    const renewOn = (): Promise<Answer> =>
      ask(`${replica.url}/api/dev/renew-cert`, {
        caPem: lab.authority.rootPem,
        json: { csr: quickRequest().csrPem },
        identity,
        agent,
      });
    try {
      expect((await renewOn()).status).toBe(200);
      await revokeSerial(lab.operator(), identity.serial);
      expect(codeOf(await renewOn())).toEqual([403, "certificate_revoked"]);
    } finally {
      agent.destroy();
    }
  });

  it("is of TLS 1.3 and nothing older", async () => {
    const { port } = new URL(replica.url);
    const socket = connect({ port: Number(port), ca: lab.authority.rootPem, maxVersion: "TLSv1.2" });
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toMatch(/protocol version/);
  });

  it("cannot be resumed, so that no certificate is taken from memory", async () => {
    const identity = await lab.onboard(replica, "14");
    const url = new URL(replica.url);
    const options = {
      port: Number(url.port),
      ca: lab.authority.rootPem,
      cert: identity.certPem,
      key: identity.keyPem,
    };
    const open = (session?: Buffer): Promise<TLSSocket> =>
      new Promise((resolve, reject) => {
        const socket = connect({ ...options, session }, () => resolve(socket)).once("error", reject);
      });
    const first = await open();
    const sessions: Buffer[] = [];
    first.on("session", (session) => sessions.push(session));
    first.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    await new Promise((resolve) => first.once("data", resolve));
    first.destroy();
    const again = await open(sessions.at(-1));
    expect(again.isSessionReused()).toBe(false);
    again.destroy();
  });
});

describe("a new issuing CA", () => {
  it("is asked for in time: near its end nothing is issued any more, and readiness says why", () => {
    const { rootPem, issuingPem, issuingKeyPem } = lab.authority;
    const authority = readAuthority(rootPem, issuingPem, issuingKeyPem);
    expect(authorityProblem(authority)).toBeUndefined();
    const end = new Date(authority.certificate.validTo).getTime();
    expect(authorityProblem(authority, new Date(end - 3_600_000))).toMatch(/ends at .*renew it/);
    expect(authorityProblem(authority, new Date(0))).toMatch(/not valid before .*clock/);
  });

  it("is trusted beside the old one until the last certificate of that is renewed, without anybody's doing", async () => {
    const old = lab.authority;
    await lab.sql("UPDATE certificate SET revoked_at = now()");
    const identity = await lab.onboard(replica, "15");
    const other = await lab.onboard(replica, "16");
    lab.authority = makeAuthority(lab.authorityFolder);
    const after = await lab.replica();
    const authorities = async (): Promise<string[]> =>
      (
        await lab.sql<{ certificate_pem: string }>("SELECT certificate_pem FROM gateway_authority", "gateway")
      ).map(({ certificate_pem }) => certificate_pem);
    const [oldPem, newPem] = [old, lab.authority].map(({ issuingPem }) =>
      new X509Certificate(issuingPem).toString(),
    );
    expect(await authorities()).toEqual([oldPem]);

    const answer = await lab.renew(after, identity, quickRequest().csrPem);
    expect(answer.status).toBe(200);
    expect(String(answer.json.clientCert)).toContain(newPem);
    expect((await authorities()).sort()).toEqual([oldPem, newPem].sort());
    expect((await lab.renew(after, other, quickRequest().csrPem)).status).toBe(200);
    await lab.sql("UPDATE certificate SET valid_until = now() WHERE valid_until < not_after");
    expect(await authorities()).toEqual([newPem]);
    lab.authority = old;
  });
});

describe("the gateway's role", () => {
  it("reads the three views and nothing else", async () => {
    for (const view of ["gateway_certificate", "gateway_authority", "gateway_revision"]) {
      await lab.sql(`SELECT * FROM ${view}`, "gateway");
    }
    for (const table of ["certificate", "pin", "developer", "event", "authority", "rate_limit"]) {
      await expect(lab.sql(`SELECT * FROM ${table}`, "gateway")).rejects.toThrow(/permission denied/);
    }
    await expect(lab.sql("DELETE FROM gateway_revision", "gateway")).rejects.toThrow(/permission denied/);
    await expect(lab.sql("CREATE TABLE mine ()", "gateway")).rejects.toThrow(/permission denied/);
  });

  it("is told of every change, with a revision that grows", async () => {
    const client = await lab.connect("gateway");
    const told: string[] = [];
    client.on("notification", ({ payload }) => told.push(payload ?? ""));
    await client.query("LISTEN berth_identity");
    const revision = async (): Promise<number> =>
      Number(
        (await client.query<{ revision: string }>("SELECT revision FROM gateway_revision")).rows[0]?.revision,
      );
    const seen = [await revision()];
    const identity = await lab.onboard(replica, "17");
    seen.push(await revision());
    const next = await renewed(identity);
    seen.push(await revision());
    await lab.renew(replica, identity, quickRequest().csrPem);
    seen.push(await revision());
    await unlock(lab.operator(), "17");
    seen.push(await revision());
    await revokeSerial(lab.operator(), next.serial);
    seen.push(await revision());
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.at(-1)).toBe(String(seen.at(-1)));
    expect(await gateway("blocked", `serial = '${next.serial}'`)).toEqual([{ blocked: "revoked" }]);
  });
});
