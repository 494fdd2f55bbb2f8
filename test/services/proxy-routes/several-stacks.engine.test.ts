import WebSocket from "ws";
import { ask, askUntil } from "../../support/web";
import { ProxyBench } from "./proxy-bench";

/** Sends every WebSocket message's bytes back as they come; the test only asks whether the connection lives. */
const WEB_SOCKET_SERVER = `
  const { createHash } = require("node:crypto");
  require("node:http").createServer((request, response) => response.end("ready")).on("upgrade", (request, socket) => {
    const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " +
      createHash("sha1").update(key).digest("base64") + "\\r\\n\\r\\n");
    // A pong is a ping's answer with the same, empty, content.
    socket.on("data", () => socket.write(Buffer.from([0x8a, 0]))).on("error", () => undefined);
  }).listen(3000);`;
/** The slow machine's share; what it takes on a quiet one is a few tenths of a second. */
const LEFT_WITHIN_MS = 5_000;

const bench = new ProxyBench();
let pro: string;

beforeAll(async () => {
  await bench.open();
  pro = await bench.stackNetwork("pro");
});
afterAll(() => bench.dispose());

const own = (app: string, environment: string): Record<string, string> =>
  bench.appLabels(app, environment, "shared");
const isAnswered = (host: string, by: string): Promise<unknown> =>
  askUntil(bench.url(host), ({ body }) => body === by, 10_000);

/** A network of tst that the test removes itself. */
async function passingNetwork(): Promise<string> {
  const name = `${bench.prefix}-passing`;
  const labels = Object.entries(bench.networkLabels("tst")).map(([label, value]) => `${label}=${value}`);
  const flags = labels.flatMap((label) => ["--label", label]);
  expect(await bench.docker(["network", "create", ...flags, name])).toMatchObject({ exitCode: 0 });
  return name;
}

async function until(what: string, isSo: () => Promise<boolean>, withinMs: number): Promise<number> {
  const startedMs = Date.now();
  while (!(await isSo())) {
    if (Date.now() - startedMs > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
  }
  return Date.now() - startedMs;
}
const left = (network: string): Promise<number> =>
  until(
    `the proxy leaves ${network}`,
    async () => !(await bench.proxyNetworks()).includes(network),
    LEFT_WITHIN_MS,
  );

describe("one proxy for several stacks", () => {
  it("joins a stack's network with its first app and leaves it with the last", async () => {
    expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork]);
    const first = await bench.startApp("first-pro", own("first", "pro"), pro);
    const second = await bench.startApp("second-pro", own("second", "pro"), pro);
    await isAnswered("first.pro.localhost", "first-pro");
    await isAnswered("second.pro.localhost", "second-pro");
    expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork, pro].sort());
    await bench.remove(first);
    await askUntil(bench.url("first.pro.localhost"), ({ status }) => status === 404, 10_000);
    expect(await bench.proxyNetworks()).toContain(pro);
    await bench.remove(second);
    await left(pro);
    expect((await bench.said(pro)).map(({ message }) => message)).toEqual([
      "proxy joined network",
      "proxy left network",
    ]);
  });

  it("serves one app of two stacks under two names", async () => {
    const inDev = await bench.startApp("twin-dev", own("twin", "dev"));
    const inPro = await bench.startApp("twin-pro", own("twin", "pro"), pro);
    await isAnswered("twin.dev.localhost", "twin-dev");
    await isAnswered("twin.pro.localhost", "twin-pro");
    await bench.remove(inDev);
    await askUntil(bench.url("twin.dev.localhost"), ({ status }) => status === 404, 10_000);
    expect((await ask(bench.url("twin.pro.localhost"))).body).toBe("twin-pro");
    await bench.remove(inPro);
    await left(pro);
  });

  it("lets a network be removed as soon as its apps are", async () => {
    const passing = await passingNetwork();
    const app = await bench.startApp("passing-tst", own("passing", "tst"), passing);
    await isAnswered("passing.tst.localhost", "passing-tst");
    await bench.remove(app);
    await until(
      `${passing} can be removed`,
      async () => (await bench.docker(["network", "rm", passing])).exitCode === 0,
      LEFT_WITHIN_MS,
    );
  });

  it("stays in the network while an app restarts", async () => {
    const app = await bench.startApp("restarted-pro", own("restarted", "pro"), pro);
    await isAnswered("restarted.pro.localhost", "restarted-pro");
    const before = (await bench.said(pro)).length;
    await bench.docker(["stop", "--time", "0", app]);
    await askUntil(bench.url("restarted.pro.localhost"), ({ status }) => status === 404, 10_000);
    await bench.docker(["start", app]);
    await isAnswered("restarted.pro.localhost", "restarted-pro");
    expect(await bench.said(pro)).toHaveLength(before);
    await bench.remove(app);
    await left(pro);
  });

  it("joins again when its container was replaced", async () => {
    const app = await bench.startApp("patient-pro", own("patient", "pro"), pro);
    await isAnswered("patient.pro.localhost", "patient-pro");
    await bench.remove(bench.proxy);
    await bench.startProxy();
    await isAnswered("patient.pro.localhost", "patient-pro");
    await bench.remove(app);
    await left(pro);
  });

  it("starts again though a network went while it was stopped", async () => {
    const passing = await passingNetwork();
    const app = await bench.startApp("leaving-tst", own("leaving", "tst"), passing);
    await isAnswered("leaving.tst.localhost", "leaving-tst");
    await bench.docker(["stop", bench.routes, bench.proxy]);
    await bench.remove(app);
    expect(await bench.docker(["network", "rm", passing])).toMatchObject({ exitCode: 0 });
    await bench.docker(["start", bench.routes]);
    await left(passing);
    expect(await bench.docker(["start", bench.proxy])).toMatchObject({ exitCode: 0 });
    await bench.waitUntilProxyAnswers();
  });

  it("keeps the WebSockets of other apps open while it joins and leaves networks", async () => {
    const sockets = await bench.start("sockets", bench.nodeImage, {
      network: bench.ownNetwork,
      labels: bench.appLabels("sockets"),
      command: ["node", "-e", WEB_SOCKET_SERVER],
    });
    await isAnswered("sockets.01.localhost", "ready");
    const socket = new WebSocket(`ws://127.0.0.1:${bench.proxyPort}/`, {
      headers: { host: "sockets.01.localhost" },
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const app = await bench.startApp("visitor-pro", own("visitor", "pro"), pro);
    await isAnswered("visitor.pro.localhost", "visitor-pro");
    await bench.remove(app);
    await left(pro);
    const answered = new Promise((resolve) => socket.once("pong", resolve));
    socket.ping();
    await answered;
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
    await bench.remove(sockets);
  });
});

describe("one proxy for several stacks refuses", () => {
  async function refusal(container: string): Promise<string> {
    let reason: string | undefined;
    await until(
      `proxy-routes refuses ${container}`,
      async () => (reason = (await bench.said(container))[0]?.reason) !== undefined,
      10_000,
    );
    await bench.remove(container);
    return reason ?? "";
  }

  it("an app whose network belongs to another stack", async () => {
    const stray = await bench.startApp("stray", own("stray", "pro"));
    expect(await refusal(stray)).toContain(`berth.stack=${bench.stack("pro")}`);
  });

  it("an app on a network without labels, and never joins that", async () => {
    const unlabelled = await bench.network();
    const lost = await bench.startApp("lost", own("lost", "pro"), unlabelled);
    expect(await refusal(lost)).toContain("berth.role=network");
    expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork]);
  });

  it("an owner with an environment's name", async () => {
    const impostor = await bench.startApp("impostor", bench.appLabels("shop", "dev", "pro"));
    expect(await refusal(impostor)).toContain("berth.owner");
  });

  it("in silence what another stack's proxy serves", async () => {
    const others = { ...own("others", "pro"), "berth.proxy": bench.stack("tst") };
    const other = await bench.startApp("other-proxy", others, pro);
    const app = await bench.startApp("after-other", bench.appLabels("after"));
    await isAnswered("after.01.localhost", "after-other");
    expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork]);
    expect(await bench.said(other)).toEqual([]);
    await bench.remove(other);
    await bench.remove(app);
  });

  it("another stack's app while the proxy's container would forward packets between networks", async () => {
    await bench.remove(bench.proxy);
    await bench.startProxy({ "net.ipv4.ip_forward": "1" });
    const app = await bench.startApp("unsafe-pro", own("unsafe", "pro"), pro);
    expect(await refusal(app)).toContain("net.ipv4.ip_forward=0");
    expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork]);
  });
});
