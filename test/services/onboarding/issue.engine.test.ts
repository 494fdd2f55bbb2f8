import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { hostileRequests } from "./hostile-requests";
import { ask, type Answer } from "./https";
import { Lab, openssl, type Replica } from "./lab";
import { assertConforms, type OpenApi } from "./openapi";
import { quickRequest } from "./request-builder";

let lab: Lab;
let replica: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  replica = await lab.replica();
});
afterAll(() => lab.dispose());

const newCsr = (): string => quickRequest().csrPem;
const codeOf = ({ status, json }: Answer): unknown => [status, json.code];

/** A certificate as openssl, which shares nothing with the service, reads it. */
function readByOpenssl(answer: Answer): string {
  return openssl(["x509", "-noout", "-text", "-nameopt", "RFC2253"], String(answer.json.clientCert));
}

describe("a certificate for a PIN", () => {
  it("comes with everything that a laptop needs", async () => {
    const answer = await lab.issue(replica, "01", await lab.pin("01"), newCsr());
    const { clientCert, expiresAt, secretsEncryption, ...others } = answer.json;
    expect(String(clientCert)).toMatch(
      /^(-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n){2}$/,
    );
    expect(new Date(String(expiresAt))).toEqual(new Date(new X509Certificate(String(clientCert)).validTo));
    expect(secretsEncryption).toMatch(/^[0-9a-f]{64}$/);
    expect(others).toEqual({
      caCert: new X509Certificate(lab.authority.rootPem).toString(),
      dockerEndpoint: "tcp://localhost:2376",
      sharedSecrets: "",
      thresholds: { offeredFromDays: 10, warnFromDays: 14, mustRenewUnderDays: 3 },
    });
  });

  it.each([
    ["ECDSA on P-256", []],
    ["ECDSA on P-384", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    ["Ed25519", ["-newkey", "ed25519"]],
    ["RSA", ["-newkey", "rsa:3072"]],
  ])("is as openssl wants it and says only what the service decided, with %s", async (_what, key) => {
    const { csrPem, keyPem } = lab.newRequest(...key);
    const pin = await lab.pin("02", "ci");
    const answer = await lab.issue(replica, "02", pin, csrPem);
    const file = (name: string, content: string): string => {
      const at = path.join(lab.folder, name);
      fs.writeFileSync(at, content);
      return at;
    };
    const leaf = file("leaf.pem", String(answer.json.clientCert));
    const root = file("trusted.pem", String(answer.json.caCert));
    const verified = openssl(
      ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", root, "-untrusted", leaf, leaf],
      "",
    );
    expect(verified).toContain("OK");
    const text = readByOpenssl(answer);
    expect(text).toContain("Subject: CN=02,OU=ci,O=berth\n");
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/X509v3 Extended Key Usage: \n\s+TLS Web Client Authentication\n/);
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).toMatch(/X509v3 Subject Alternative Name: \n\s+URI:urn:berth:berth:ci:02\n/);
    expect(text.match(/X509v3 /g)).toHaveLength(6 + 1);
    expect(openssl(["x509", "-noout", "-pubkey"], String(answer.json.clientCert))).toBe(
      openssl(["pkey", "-pubout"], keyPem),
    );
  });

  it("has a long random serial, began five minutes ago and lives 30 days", async () => {
    const answer = await lab.issue(replica, "01", await lab.pin("01"), newCsr());
    const { serialNumber, validFrom, validTo } = new X509Certificate(String(answer.json.clientCert));
    expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(serialNumber.toLowerCase()).toBe(await lab.newestSerial("01"));
    const begun = Date.now() - new Date(validFrom).getTime();
    expect(begun / 60_000).toBeGreaterThan(4.9);
    expect(begun / 60_000).toBeLessThan(5.5);
    const life = new Date(validTo).getTime() - new Date(validFrom).getTime();
    expect(life).toBe(30 * 86_400_000 + 5 * 60_000);
  });

  it("comes with the same key for secrets every time, another for each developer", async () => {
    const secretOf = async (devId: string): Promise<unknown> =>
      (await lab.issue(replica, devId, await lab.pin(devId), newCsr())).json.secretsEncryption;
    const [first, again, other] = [await secretOf("01"), await secretOf("01"), await secretOf("02")];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

async function wrongTries(devId: string, count: number): Promise<void> {
  const tries = Array.from({ length: count }, () => lab.issue(replica, devId, "00000-00000", newCsr()));
  for (const answer of await Promise.all(tries)) expect(codeOf(answer)).toEqual([403, "pin_refused"]);
}

describe("a PIN", () => {
  it("gives one certificate: again for the same key, never for another", async () => {
    const pin = await lab.pin("03");
    const csr = newCsr();
    const first = await lab.issue(replica, "03", pin, csr);
    expect(first.status).toBe(200);
    expect((await lab.issue(replica, "03", pin.toLowerCase(), csr)).json).toEqual(first.json);
    expect(codeOf(await lab.issue(replica, "03", pin, newCsr()))).toEqual([403, "pin_refused"]);
    expect(await lab.sql("SELECT FROM certificate WHERE developer_id = '03'")).toHaveLength(1);
  });

  it("gives nothing again once its certificate is revoked", async () => {
    const pin = await lab.pin("04");
    const csr = newCsr();
    await lab.issue(replica, "04", pin, csr);
    await lab.adminJson(replica, "revoke", "--dev-id", "04");
    expect(codeOf(await lab.issue(replica, "04", pin, csr))).toEqual([403, "pin_refused"]);
  });

  it("is ended by five wrong tries, and the right one comes too late then", async () => {
    const pin = await lab.pin("05");
    for (let wrong = 0; wrong < 5; wrong++) {
      expect(codeOf(await lab.issue(replica, "05", "00000-00000", newCsr()))).toEqual([403, "pin_refused"]);
    }
    expect(codeOf(await lab.issue(replica, "05", pin, newCsr()))).toEqual([403, "pin_refused"]);
  });

  it("bears four wrong tries", async () => {
    const pin = await lab.pin("05");
    await wrongTries("05", 4);
    expect((await lab.issue(replica, "05", pin, newCsr())).status).toBe(200);
  });

  it("is worth nothing for another developer, after its time, after a newer one, or revoked", async () => {
    const first = await lab.pin("06");
    expect(codeOf(await lab.issue(replica, "07", first, newCsr()))).toEqual([403, "pin_refused"]);
    const second = await lab.pin("06");
    expect(codeOf(await lab.issue(replica, "06", first, newCsr()))).toEqual([403, "pin_refused"]);
    await lab.sql("UPDATE pin SET expires_at = now() WHERE developer_id = '06'");
    expect(codeOf(await lab.issue(replica, "06", second, newCsr()))).toEqual([403, "pin_refused"]);
    const third = await lab.pin("06");
    await lab.adminJson(replica, "pin", "revoke", "--dev-id", "06");
    expect(codeOf(await lab.issue(replica, "06", third, newCsr()))).toEqual([403, "pin_refused"]);
  });

  it("is not used up by a request that is refused for its own sake", async () => {
    const pin = await lab.pin("08");
    for (const [, csr] of hostileRequests().slice(-12)) {
      expect(codeOf(await lab.issue(replica, "08", pin, csr))).toEqual([400, "invalid_csr"]);
    }
    const used = newCsr();
    await lab.issue(replica, "09", await lab.pin("09"), used);
    expect(codeOf(await lab.issue(replica, "08", pin, used))).toEqual([409, "key_reused"]);
    expect((await lab.issue(replica, "08", pin, newCsr())).status).toBe(200);
  });

  it("is stored neither as it is nor in a form that the database alone can search", async () => {
    const pin = await lab.pin("10");
    const dump = JSON.stringify([await lab.sql("SELECT * FROM pin"), await lab.sql("SELECT * FROM event")]);
    for (const form of [pin, pin.replace("-", ""), Buffer.from(pin).toString("hex")])
      expect(dump).not.toContain(form);
  });
});

describe("who guesses", () => {
  it("learns from neither answer nor time whether a developer exists", async () => {
    await lab.pin("11");
    const times: Record<string, number[]> = { known: [], unknown: [] };
    const answers = new Set<string>();
    for (let round = 0; round < 6; round++) {
      for (const [kind, devId] of [
        ["known", "11"],
        ["unknown", "nobody"],
      ] as const) {
        const startedMs = performance.now();
        answers.add((await lab.issue(replica, devId, "00000-00000", newCsr())).text);
        times[kind]?.push(performance.now() - startedMs);
      }
    }
    expect(answers.size).toBe(1);
    const middle = (values: number[] = []): number => [...values].sort((a, b) => a - b)[3] ?? 0;
    // Both are answered at the next multiple of 300 ms; what the work differs by is a fraction of one.
    expect(Math.abs(middle(times.known) - middle(times.unknown))).toBeLessThan(30);
    expect(middle(times.known)).toBeGreaterThanOrEqual(300);
  });

  it("is slowed down by address, in the database, so that replicas count together", async () => {
    const limits = { perAddressPerMinute: 5, overallPerMinute: 1_000 };
    await lab.sql("DELETE FROM rate_limit");
    const [one, two] = [await lab.replica({ limits }), await lab.replica({ limits })];
    const statuses: number[] = [];
    let last: Answer | undefined;
    for (let round = 0; round < 4; round++) {
      for (const each of [one, two]) {
        last = await lab.issue(each, "12", "00000-00000", newCsr());
        statuses.push(last.status);
      }
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429, 429]);
    expect(last?.json.code).toBe("too_many_requests");
    expect(Number(last?.retryAfter)).toBeGreaterThan(0);
    expect(Number(last?.retryAfter)).toBeLessThanOrEqual(60);
    await lab.sql("DELETE FROM rate_limit");
  });

  it("is slowed down overall too", async () => {
    const limited = await lab.replica({ limits: { perAddressPerMinute: 1_000, overallPerMinute: 2 } });
    const tries = [1, 2, 3].map(() => lab.issue(limited, "12", "00000-00000", newCsr()));
    const statuses = (await Promise.all(tries)).map(({ status }) => status).sort();
    expect(statuses).toEqual([403, 403, 429]);
    await lab.sql("DELETE FROM rate_limit");
  });
});

describe("a request that is not as it should be", () => {
  const post = (body: string, headers?: Record<string, string>): Promise<Answer> =>
    ask(`${replica.url}/api/dev/issue-cert`, { caPem: lab.authority.rootPem, body, headers });

  it.each([
    ["no JSON", "{", 400],
    ["a list", "[]", 400],
    ["a developer id that is none", JSON.stringify({ devId: "../01", pin: "x", csr: "x" }), 400],
    ["a key that nobody knows", JSON.stringify({ devId: "01", pin: "x", csr: "x", role: "operator" }), 400],
    ["a number as PIN", JSON.stringify({ devId: "01", pin: 1, csr: "x" }), 400],
    ["a prototype", '{"devId":"01","pin":"x","csr":"x","__proto__":{"role":"operator"}}', 400],
    ["17 KiB", JSON.stringify({ devId: "01", pin: "x", csr: "A".repeat(17_000) }), 413],
    ["a request longer than any", JSON.stringify({ devId: "01", pin: "x", csr: "A".repeat(9_000) }), 400],
  ])("is refused, and nothing of it repeated: %s", async (_what, body, status) => {
    const answer = await post(body);
    expect(codeOf(answer)).toEqual([status, "invalid_request"]);
    expect(answer.text).not.toContain("AAAA");
  });

  it("is refused in another content type, with another method, at another path", async () => {
    expect((await post("devId=01", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(
      415,
    );
    const at = (route: string, method: string): Promise<Answer> =>
      ask(replica.url + route, { caPem: lab.authority.rootPem, method });
    expect((await at("/api/dev/issue-cert", "GET")).status).toBe(404);
    expect(codeOf(await at("/api/dev/issue-cert/", "POST"))).toEqual([404, "not_found"]);
    expect((await at("/api//dev/issue-cert", "POST")).status).toBe(404);
  });
});

describe("the log and the audit trail", () => {
  it("say who did what from where, and never a PIN, a key or a body", async () => {
    const pin = await lab.pin("13");
    const csr = newCsr();
    await lab.issue(replica, "13", "ABCDE-12345", csr);
    const answer = await lab.issue(replica, "13", pin, csr);
    type Event = Record<string, string>;
    const events = await lab.adminJson<Event[]>(replica, "events", "--dev-id", "13");
    expect(events.map(({ actor, action, outcome }) => [actor, action, outcome])).toEqual([
      ["operator", "pin.create", "done"],
      ["unknown", "certificate.issue", "pin_refused"],
      ["developer 13", "certificate.issue", "done"],
    ]);
    expect(events[2]?.serial).toBe(await lab.newestSerial("13"));
    expect(events[1]?.address).toMatch(/127\.0\.0\.1/);
    const written = replica.log() + JSON.stringify(events);
    expect(written).toContain('"route":"/api/dev/issue-cert","status":200');
    const secrets = [
      pin,
      "ABCDE",
      csr.split("\n")[2],
      answer.json.secretsEncryption,
      "k".repeat(64),
      "ab".repeat(32),
    ];
    for (const secret of secrets) expect(written).not.toContain(String(secret));
  });
});

describe("GET /openapi.json", () => {
  it("describes every answer as it really is", async () => {
    const answer = await lab.get(replica, "/openapi.json");
    const document = JSON.parse(answer.text) as OpenApi;
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths).sort()).toEqual([
      ...["/api/dev/issue-cert", "/api/dev/renew-cert", "/health", "/metrics", "/ready"],
    ]);
    const issue = (answered: Answer): void =>
      assertConforms(document, "post", "/api/dev/issue-cert", answered);
    const renew = (answered: Answer): void =>
      assertConforms(document, "post", "/api/dev/renew-cert", answered);
    const { csrPem, keyPem } = quickRequest();
    const given = await lab.issue(replica, "14", await lab.pin("14"), csrPem);
    issue(given);
    issue(await lab.issue(replica, "14", "00000-00000", newCsr()));
    issue(await lab.issue(replica, "14", "00000-00000", "no request"));
    issue(await lab.issue(replica, "../14", "00000-00000", newCsr()));
    const identity = { certPem: String(given.json.clientCert), keyPem };
    renew(await lab.renew(replica, identity, newCsr()));
    renew(await lab.renew(replica, identity, newCsr()));
    renew(await lab.renew(replica, undefined, newCsr()));
    assertConforms(document, "get", "/health", await lab.get(replica, "/health"));
    assertConforms(document, "get", "/ready", await lab.get(replica, "/ready"));
    expect(() => issue({ ...given, text: "{}" })).toThrow();
  });

  it("has the request that the service wants", async () => {
    const document = JSON.parse((await lab.get(replica, "/openapi.json")).text) as OpenApi;
    const schema =
      document.paths["/api/dev/issue-cert"]?.post?.requestBody?.content["application/json"]?.schema;
    expect(schema).toMatchObject({ required: ["devId", "pin", "csr"], additionalProperties: false });
  });
});

describe("GET /metrics", () => {
  it("counts certificates and refusals, and names no developer", async () => {
    const { text } = await lab.get(replica, "/metrics");
    expect(text).toMatch(/^berth_onboarding_certificates_total\{action="issue"\} [1-9]/m);
    expect(text).toMatch(/^berth_onboarding_refusals_total\{code="pin_refused"\} [1-9]/m);
    expect(text).toMatch(
      /^berth_onboarding_request_seconds_count\{route="\/api\/dev\/issue-cert",status="200"\} [1-9]/m,
    );
    expect(text).toMatch(/^berth_onboarding_issuing_certificate_end_seconds 1\d{9}$/m);
    expect(text).toMatch(/^process_resident_memory_bytes /m);
    expect(text).not.toMatch(/nobody|127\.0\.0\.1/);
  });
});
