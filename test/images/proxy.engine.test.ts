import WebSocket from "ws";
import { ask, askUntil, webSocketAnswer } from "../support/web";
import { Workbench } from "../support/workbench";

const ROUTES = "/run/berth-proxy/routes";
/** Answers HTTP with the request's path and sends WebSocket messages back; needs nothing but Node. */
const BACKEND = `
  const { createServer } = require("node:http");
  const { createHash } = require("node:crypto");
  const server = createServer((request, response) => response.end("backend " + request.url));
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1").update(request.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n\\r\\n");
    socket.on("data", (frame) => {
      const length = frame[1] & 127;
      const mask = frame.subarray(2, 6);
      const text = frame.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4]);
      if ((frame[0] & 15) === 1) socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
      else socket.end();
    });
    socket.on("error", () => undefined);
  });
  server.listen(3000);
`;

const bench = new Workbench();
let proxy: string;
let backend: string;
let port: number;

beforeAll(async () => {
  const proxyImage = await bench.build("images/proxy");
  const nodeImage = await bench.build("images/runtime-node");
  const network = await bench.network();
  const volume = await bench.volume();
  proxy = await bench.start("proxy", proxyImage, {
    network,
    publish: 8080,
    volumes: { [volume]: "/run/berth-proxy:ro" },
  });
  backend = await bench.start("backend", nodeImage, { network, command: ["node", "-e", BACKEND] });
  // Writes routes as proxy-routes does; the proxy itself may not.
  await bench.start("writer", nodeImage, {
    volumes: { [volume]: "/run/berth-proxy" },
    command: ["sleep", "600"],
  });
  await bench.waitUntilHealthy(proxy);
  port = await bench.port(proxy, 8080);
});
afterAll(() => bench.dispose());

const url = (host: string, path = "/"): string => `http://${host}:${port}${path}`;

async function writeRoute(host: string, target: string): Promise<void> {
  const { stderr } = await bench.exec(`${bench.prefix}-writer`, ["touch", `${ROUTES}/${host}@${target}`]);
  expect(stderr).toBe("");
}

describe("the proxy image", () => {
  it("is healthy without any capability and as its own user", async () => {
    const { stdout } = await bench.exec(proxy, ["cat", "/proc/1/status"]);
    expect(stdout).toMatch(/^Uid:\s+8080/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
  });

  it("offers its admin interface neither over TCP to its network nor on a socket", async () => {
    const probe = `fetch("http://${proxy}:2019/config/").then(() => process.exit(1), (e) => process.exit(e.cause.code === "ECONNREFUSED" ? 0 : 2))`;
    expect((await bench.exec(backend, ["node", "-e", probe])).exitCode).toBe(0);
    expect((await ask(url("shop.01.localhost", "/config/"))).status).toBe(404);
    const sockets = await bench.exec(proxy, ["find", "/run", "/tmp", "/var/lib/berth", "-type", "s"]);
    expect(sockets.stdout).toBe("");
  });

  it("says how to start an app under a name that nothing has", async () => {
    const answer = await ask(url("nobody.01.localhost"));
    expect(answer.status).toBe(404);
    expect(answer.body).toContain("make up");
    expect(answer.body).not.toContain(bench.prefix);
  });

  it("sends requests and WebSockets to the route's container", async () => {
    await writeRoute("shop.01.localhost", `${backend}:3000`);
    expect(await ask(url("shop.01.localhost", "/a?b=c"))).toEqual({ status: 200, body: "backend /a?b=c" });
    expect(await webSocketAnswer(url("shop.01.localhost", "/events"), "hello", "hello")).toBe("hello");
  });

  it("keeps WebSockets open while other routes come", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/events`, { headers: { host: "shop.01.localhost" } });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    let closed = false;
    socket.on("close", () => (closed = true));
    await writeRoute("other.02.localhost", `${backend}:3000`);
    await askUntil(url("other.02.localhost"), ({ status }) => status === 200, 5_000);
    const echoed = new Promise((resolve) =>
      socket.once("message", (data: Buffer) => resolve(data.toString())),
    );
    socket.send("still here");
    expect(await echoed).toBe("still here");
    expect(closed).toBe(false);
    socket.terminate();
  });

  it("says that the app does not answer when its container runs and nothing listens", async () => {
    await writeRoute("starting.01.localhost", `${backend}:3999`);
    const answer = await ask(url("starting.01.localhost"));
    expect(answer.status).toBe(502);
    expect(answer.body).toContain("does not answer");
  });

  it.each(["*.01.localhost", "s?op.01.localhost", "[s]hop.01.localhost", "shop.01.localhost@x", "..", ""])(
    "does not take the host name %j for a pattern or a path",
    async (host) => {
      const { stdout } = await bench.exec(backend, [
        "node",
        "-e",
        `const socket = require("node:net").connect(8080, ${JSON.stringify(proxy)});
         socket.end("GET / HTTP/1.1\\r\\nHost: ${host}\\r\\nConnection: close\\r\\n\\r\\n");
         socket.on("data", (data) => process.stdout.write(data));`,
      ]);
      expect(stdout).toMatch(/^HTTP\/1\.1 4/);
      expect(stdout).not.toContain("backend");
    },
  );

  it("has its routes at once after a restart, and stops fast", async () => {
    const { exitCode, seconds } = await bench.stop(proxy);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(9);
    await bench.docker(["start", proxy]);
    await bench.waitUntilHealthy(proxy);
    port = await bench.port(proxy, 8080);
    expect((await ask(url("shop.01.localhost"))).status).toBe(200);
  });
});
