import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import * as tls from "node:tls";
import type { AuditRecord } from "../../../services/gateway/audit/record";
import type { IssuedCertificate } from "./support/certificates";
import { GatewayBench } from "./support/gateway-bench";
import { GatewayContainer } from "./support/gateway-container";

let bench: GatewayBench;
let gateway: GatewayContainer;
let developer: IssuedCertificate;

beforeAll(async () => {
  bench = await GatewayBench.withDatabase({ network: true });
  developer = await bench.client();
  gateway = await GatewayContainer.start(bench, {});
});
afterAll(async () => {
  await (gateway as GatewayContainer | undefined)?.remove();
  await bench.dispose();
});

const ping = () => bench.ask(developer, "/v1.41/_ping");
const status = async (): Promise<number> => (await ping()).status;

/** An events stream, which lasts. */
async function follow(): Promise<tls.TLSSocket> {
  const socket = tls.connect(bench.tlsOptions(developer), () =>
    socket.write("GET /v1.41/events HTTP/1.1\r\nHost: x\r\n\r\n"),
  );
  socket.on("error", () => undefined);
  const [data] = (await once(socket, "data")) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1\.1 200/);
  return socket;
}

describe("the gateway's container", () => {
  it("serves without a capability and without a right to new ones", async () => {
    expect(await status()).toBe(200);
    const processStatus = await gateway.run("cat", "/proc/1/status");
    expect(processStatus).toMatch(/^CapEff:\s+0+$/m);
    expect(processStatus).toMatch(/^NoNewPrivs:\s+1$/m);
  });

  it("lets nobody in while the database hangs, says so, and recovers by itself", async () => {
    const socket = await follow();
    await bench.database.pause();
    await bench.until(async () => (await status()) === 503, 15_000);
    expect((await ping()).message).toMatch(/cannot tell who is revoked.*has not answered for \d+ s/);
    const health = await gateway.health();
    expect(health.exitCode).toBe(1);
    expect(health.stdout).toMatch(/"check":"identities"/);
    await bench.until(() => socket.destroyed);
    await bench.database.unpause();
    await bench.until(async () => (await status()) === 200);
    expect((await gateway.health()).exitCode).toBe(0);
  });

  it("lets nobody in while the database is down, and recovers by itself", async () => {
    await bench.database.disconnect();
    await bench.bench.docker(["stop", "--time", "2", bench.database.container]);
    await bench.until(async () => (await status()) === 503, 15_000);
    await bench.database.restart();
    await bench.until(async () => (await status()) === 200, 15_000);
  });

  it("decides on nothing old after it was stopped for a while", async () => {
    const certificate = await bench.client({ developerId: "02" });
    await bench.until(async () => (await bench.ask(certificate, "/_ping")).status === 200);
    await bench.bench.docker(["pause", gateway.name]);
    const asked = bench.ask(certificate, "/_ping");
    await bench.database.block(certificate, "revoked");
    await sleep(1_500);
    await bench.bench.docker(["unpause", gateway.name]);
    expect(await asked).toMatchObject({ status: 403 });
  });

  it("serves nothing that it cannot audit, and goes on when there is space again", async () => {
    await gateway.run("sh", "-c", "head -c 1000000 /dev/zero >/var/lib/berth/audit/filler");
    await bench.until(async () => (await status()) === 503);
    expect((await ping()).message).toMatch(/audit log cannot be written: ENOSPC/);
    expect((await gateway.health()).stdout).toMatch(/"check":"audit".*ENOSPC/);
    await gateway.run("rm", "/var/lib/berth/audit/filler");
    await bench.until(async () => (await gateway.health()).exitCode === 0);
    expect(await status()).toBe(200);
    // Every line is whole.
    const lines = await gateway.audit();
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(lines.map(() => "object"));
  });

  it("comes back after it was killed, with a log of whole lines", async () => {
    const socket = await follow();
    await bench.bench.docker(["kill", gateway.name]);
    await bench.until(() => socket.destroyed);
    await bench.bench.docker(["start", gateway.name]);
    await gateway.answers();
    expect(await status()).toBe(200);
    const records = (await gateway.audit()).map((line) => JSON.parse(line) as AuditRecord);
    expect(records.at(-1)).toMatchObject({ event: "ended", status: 200 });
    // The stream that the kill ended stays open in the log.
    const ended = new Set(records.filter(({ event }) => event === "ended").map(({ id }) => id));
    const open = records.filter(({ event, id }) => event === "begun" && !ended.has(id));
    expect(open.map(({ route }) => route)).toContain("GET /events");
  });

  it("writes neither the keys nor the database's password into its log", async () => {
    const log = await bench.bench.logs(gateway.name);
    expect(log).not.toContain(bench.database.password);
    expect(log).not.toContain("PRIVATE KEY");
  });

  it("ends within ten seconds, streams included, with an end for each in the audit log", async () => {
    const socket = await follow();
    const { exitCode, seconds } = await bench.bench.stop(gateway.name);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(10);
    expect(socket.destroyed).toBe(true);
    const [cut, ended] = (await gateway.audit()).slice(-2).map((line) => JSON.parse(line) as AuditRecord);
    expect(cut).toMatchObject({ event: "cut", reason: "gateway-stops", route: "GET /events" });
    expect(ended).toMatchObject({ event: "ended", id: cut?.id });
  });
});
