import WebSocket from "ws";
import { ask, askUntil } from "../../support/web";
import { ProxyBench } from "./proxy-bench";

const bench = new ProxyBench();
beforeAll(() => bench.open());
afterAll(() => bench.dispose());

/** A request in the moment before a route goes is sent to an address that is no more, and takes its time to fail. */
const GONE_WITHIN_MS = 20_000;

const url = (host: string): string => bench.url(host);
const startApp = (app: string, answer: string): Promise<string> =>
  bench.startApp(answer, bench.appLabels(app));

describe("proxy-routes beside a real proxy", () => {
  it("runs without network and without capabilities", async () => {
    const status = await bench.exec(bench.routes, ["cat", "/proc/1/status", "/proc/net/route"]);
    expect(status.stdout).toMatch(/^CapEff:\s+0+$/m);
    expect(status.stdout).not.toContain("eth0");
  });

  it("routes a container that appears and forgets one that goes", async () => {
    const app = await startApp("come", "come-and-go");
    await askUntil(url("come.01.localhost"), ({ body }) => body === "come-and-go", 5_000);
    await bench.remove(app);
    await askUntil(url("come.01.localhost"), ({ status }) => status === 404, GONE_WITHIN_MS);
  });

  it("follows a host to its newer container", async () => {
    await startApp("moved", "old-home");
    await askUntil(url("moved.01.localhost"), ({ body }) => body === "old-home", 5_000);
    // The engine dates containers to the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await startApp("moved", "new-home");
    await askUntil(url("moved.01.localhost"), ({ body }) => body === "new-home", 5_000);
  });

  it("routes a container once it joins the network, and not one on another network", async () => {
    const elsewhere = await bench.startApp("joined", bench.appLabels("joiner"), await bench.network());
    await startApp("first", "first");
    await askUntil(url("first.01.localhost"), ({ status }) => status === 200, 5_000);
    expect((await ask(url("joiner.01.localhost"))).status).toBe(404);
    await bench.docker(["network", "connect", bench.ownNetwork, elsewhere]);
    await askUntil(url("joiner.01.localhost"), ({ body }) => body === "joined", 5_000);
    await bench.docker(["network", "disconnect", bench.ownNetwork, elsewhere]);
    await askUntil(url("joiner.01.localhost"), ({ status }) => status === 404, GONE_WITHIN_MS);
  });

  it("gives no route to labels that are no host name, and says so once", async () => {
    await startApp("evil.02.localhost", "evil-app");
    await startApp("after", "after-evil");
    await askUntil(url("after.01.localhost"), ({ status }) => status === 200, 5_000);
    expect((await ask(url("evil.02.localhost"))).status).toBe(404);
    const refusals = await bench.said(`${bench.prefix}-evil-app`);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ message: "no route for container" });
    expect(refusals[0]?.reason).toContain("berth.app");
  });

  it("leaves open WebSockets alone when other apps come and go", async () => {
    const echo = `
      const { createHash } = require("node:crypto");
      require("node:http").createServer().on("upgrade", (request, socket) => {
        const key = request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " +
          createHash("sha1").update(key).digest("base64") + "\\r\\n\\r\\n");
      }).listen(3000);`;
    await bench.start("sockets", bench.nodeImage, {
      network: bench.ownNetwork,
      labels: bench.appLabels("sockets"),
      command: ["node", "-e", echo],
    });
    let socket: WebSocket | undefined;
    for (let attempt = 0; socket === undefined && attempt < 50; attempt++) {
      const candidate = new WebSocket(`ws://127.0.0.1:${bench.proxyPort}/`, {
        headers: { host: "sockets.01.localhost" },
      });
      const opened = await new Promise<boolean>((resolve) => {
        candidate.once("open", () => resolve(true)).once("error", () => resolve(false));
      });
      if (opened) socket = candidate;
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const app = await startApp("passer", "passer-by");
    await askUntil(url("passer.01.localhost"), ({ status }) => status === 200, 5_000);
    await bench.remove(app);
    await askUntil(url("passer.01.localhost"), ({ status }) => status === 404, GONE_WITHIN_MS);
    expect(socket?.readyState).toBe(WebSocket.OPEN);
    socket?.terminate();
  });

  it("stops at once, and catches up with what it missed when it comes back", async () => {
    const gone = await startApp("gone", "gone-meanwhile");
    await askUntil(url("gone.01.localhost"), ({ status }) => status === 200, 5_000);
    const { exitCode, seconds } = await bench.stop(bench.routes);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(3);
    expect((await ask(url("gone.01.localhost"))).status).toBe(200);
    await bench.remove(gone);
    await startApp("new", "new-meanwhile");
    await bench.docker(["start", bench.routes]);
    await askUntil(url("new.01.localhost"), ({ status }) => status === 200, 10_000);
    await askUntil(url("gone.01.localhost"), ({ status }) => status === 404, GONE_WITHIN_MS);
  });

  it("is unhealthy and says why while it cannot reach the engine", async () => {
    const image = await bench.buildRoutes("proxy-routes-alone");
    const alone = await bench.start("alone", image, {
      network: "none",
      env: bench.settings(),
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await bench.exec(alone, ["berth-health"])).exitCode).toBe(1);
    const log = await bench.logs(alone);
    expect(log).toContain("/var/run/docker.sock");
    expect(log.trim().split("\n").length).toBeLessThan(8);
    // A restart is how it gets the socket of an engine that was restarted under it.
    expect(await bench.exitCode(alone)).toBe(1);
    expect(await bench.logs(alone)).toContain("giving up until the next start");
  });

  it("does not start without its settings, and names them", async () => {
    const image = await bench.buildRoutes("proxy-routes-unset");
    const unset = await bench.start("unset", image, { network: "none" });
    expect(await bench.exitCode(unset)).toBe(1);
    expect(await bench.logs(unset)).toContain("BERTH_STACK");
  });
});
