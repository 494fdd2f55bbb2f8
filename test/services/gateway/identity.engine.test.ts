import * as https from "node:https";
import * as tls from "node:tls";
import { once } from "node:events";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { newSerial, TestAuthority, type IssuedCertificate } from "./support/certificates";
import { GatewayBench } from "./support/gateway-bench";
import { hold, HELD_KINDS } from "./support/held-request";

let bench: GatewayBench;
let container: string;
/** An upload holds the engine's lock on its container. */
let uploadTarget: string;

beforeAll(async () => {
  bench = await GatewayBench.start();
  container = await bench.bench.start("target", BASE_IMAGE, {
    command: ["sh", "-c", "while true; do echo tick; sleep 0.2; done"],
  });
  uploadTarget = await bench.bench.start("upload", BASE_IMAGE, { command: ["sleep", "600"] });
});
afterAll(() => bench.dispose());

describe("who is let in", () => {
  it("a developer whose certificate the database knows", async () => {
    expect(await bench.ask(await bench.client(), "/v1.41/_ping")).toMatchObject({ status: 200, body: "OK" });
  });

  it("a certificate of the moment before, though no notification told of it", async () => {
    const certificate = bench.authority.client();
    const row = [certificate.serial, certificate.developerId, certificate.role];
    await bench.database.change(
      "INSERT INTO certificate VALUES ($1, $2, $3, now() + interval '1 day', NULL)",
      row,
      { silently: true },
    );
    expect((await bench.ask(certificate, "/v1.41/_ping")).status).toBe(200);
  });

  it("a certificate of a new issuing authority, beside those of the old one", async () => {
    await bench.database.trust(bench.authority.newIssuer("second"));
    const certificate = bench.authority.client({}, "second");
    await bench.database.add(certificate);
    expect((await bench.ask(certificate, "/v1.41/_ping")).status).toBe(200);
    expect((await bench.ask(await bench.client(), "/v1.41/_ping")).status).toBe(200);
  });

  it.each<[string, () => IssuedCertificate | undefined | Promise<IssuedCertificate>, number, RegExp]>([
    ["nobody without a certificate", () => undefined, 401, /wants a client certificate.*berth dev init/],
    ["no unknown serial", () => bench.authority.client(), 403, /not known to this installation/],
    ["no expired certificate", () => bench.client({ endsInSeconds: -60 }), 401, /has expired: onboard again/],
    [
      "no server's certificate",
      () => bench.client({ extendedKeyUsage: "serverAuth" }),
      401,
      /not one for clients/,
    ],
    [
      "no certificate for everything",
      () => bench.client({ extendedKeyUsage: "" }),
      401,
      /not one for clients/,
    ],
    [
      "no certificate for clients and servers",
      () => bench.client({ extendedKeyUsage: "clientAuth,serverAuth" }),
      401,
      /not one for clients/,
    ],
    [
      "no one past the time that the database gives",
      () => bench.client({ validForSeconds: -1 }),
      401,
      /was good until/,
    ],
    ["no one of another installation", () => bench.client({ organisation: "other" }), 403, /does not say/],
  ])("%s", async (_what, certificate, status, message) => {
    const answer = await bench.ask(await certificate(), "/v1.41/containers/json");
    expect(answer.status).toBe(status);
    expect(answer.message).toMatch(message);
  });

  it.each([
    ["developer", { developerId: "02" }],
    ["role", { role: "operator" }],
  ])("nobody whose %s is another in the database", async (_what, other) => {
    const certificate = bench.authority.client();
    await bench.database.add({ ...certificate, ...other });
    expect(await bench.ask(certificate, "/_ping")).toMatchObject({ status: 403 });
  });

  it("nobody with a certificate of another root, even with a known serial", async () => {
    const foreign = new TestAuthority();
    const serial = newSerial();
    await bench.client({ serial });
    const answer = await bench.ask(foreign.client({ serial }), "/_ping");
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.message).toMatch(/not from this installation/);
    foreign.remove();
  });

  it("nobody with TLS below 1.3, unless the settings say so", async () => {
    const options = { ...bench.tlsOptions(await bench.client()), maxVersion: "TLSv1.2" as const };
    await expect(once(tls.connect(options), "secureConnect")).rejects.toThrow(/version/);
  });

  it("says what is refused in the audit log, with serial and reason", async () => {
    const certificate = await bench.client();
    await bench.database.block(certificate, "locked");
    await bench.until(async () => (await bench.ask(certificate, "/_ping")).status === 403);
    await bench.ask(certificate, "/_ping");
    const line = bench.audited().at(-1);
    expect(line).toMatchObject({
      event: "refused",
      decision: "refuse",
      reason: "identity-locked",
      status: 403,
    });
    expect(line?.object).toBe(`certificate ${certificate.serial}`);
  });
});

describe("the end of a right", () => {
  it("refuses new requests within a second, also on a connection that is open", async () => {
    const certificate = await bench.client();
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ...bench.tlsOptions(certificate) });
    const ask = () => bench.ask(undefined, "/_ping", { agent });
    expect((await ask()).status).toBe(200);
    await bench.database.block(certificate, "revoked");
    const tookMs = await bench.until(async () => (await ask()).status === 403);
    expect(tookMs).toBeLessThan(1_000);
    expect((await ask()).message).toMatch(/is revoked/);
    agent.destroy();
  });

  it("refuses them within a second when only the polling tells", async () => {
    const certificate = await bench.client();
    const update = "UPDATE certificate SET blocked = 'revoked' WHERE serial = $1";
    await bench.database.change(update, [certificate.serial], { silently: true });
    const tookMs = await bench.until(async () => (await bench.ask(certificate, "/_ping")).status === 403);
    expect(tookMs).toBeLessThan(1_000);
  });

  it("takes every open stream away within five seconds, and leaves those of others", async () => {
    const [revoked, other] = [await bench.client(), await bench.client({ developerId: "02" })];
    const held = await Promise.all(
      HELD_KINDS.map((kind) => hold(bench, revoked, kind === "upload" ? uploadTarget : container, kind)),
    );
    const others = await hold(bench, other, container, "logs");
    expect(held.map(({ open }) => open())).toEqual(HELD_KINDS.map(() => true));
    const revokedAtMs = performance.now();
    await bench.database.block(revoked, "revoked");
    for (const { ended } of held) expect((await ended) - revokedAtMs).toBeLessThan(5_000);
    expect(others.open()).toBe(true);
    others.destroy();
    const cuts = bench.audited().filter(({ event, serial }) => event === "cut" && serial === revoked.serial);
    expect(cuts.map(({ reason }) => reason)).toEqual(HELD_KINDS.map(() => "certificate-revoked"));
  });

  it("is also the end that the database sets, for requests and streams", async () => {
    const certificate = await bench.client({ validForSeconds: 1.5 });
    const held = await hold(bench, certificate, container, "attach");
    expect(held.open()).toBe(true);
    const startedMs = performance.now();
    expect((await held.ended) - startedMs).toBeLessThan(5_000);
    expect(await bench.ask(certificate, "/_ping")).toMatchObject({ status: 401 });
  });

  it("leaves nothing open at the engine", async () => {
    const certificate = await bench.client();
    const held = await hold(bench, certificate, container, "logs");
    await bench.until(async () => (await openStreams()) === 1);
    held.destroy();
    await bench.until(async () => (await openStreams()) === 0);
  });

  it("resumes no TLS session, and judges the connection that tries like any other", async () => {
    const certificate = await bench.client();
    let session: Buffer | undefined;
    const first = tls.connect(bench.tlsOptions(certificate));
    first.on("session", (offered: Buffer) => (session = offered));
    await once(first, "secureConnect");
    first.write("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(first, "data");
    session ??= first.getSession();
    first.destroy();
    await bench.database.block(certificate, "revoked");
    await bench.until(async () => (await bench.ask(certificate, "/_ping")).status === 403);
    const second = tls.connect({ ...bench.tlsOptions(certificate), session });
    await once(second, "secureConnect");
    expect(second.isSessionReused()).toBe(false);
    second.write("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
    const [answer] = (await once(second, "data")) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
    second.destroy();
  });
});

async function openStreams(): Promise<number> {
  return Number(/^berth_gateway_open_streams (\d+)$/m.exec((await bench.inner("/metrics")).body)?.[1]);
}
