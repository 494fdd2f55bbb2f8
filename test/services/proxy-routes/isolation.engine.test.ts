import { askUntil } from "../../support/web";
import { ProxyBench } from "./proxy-bench";

/** Stands for a database: gives its secret to whoever connects, and says aloud what datagrams reach it. */
const DATABASE = `
  const { createServer } = require("node:net");
  createServer((socket) => socket.on("error", () => undefined).end("HTTP/1.1 200 OK\\r\\n\\r\\nsecret of " + process.env.ANSWER)).listen(5432);
  const datagrams = require("node:dgram").createSocket("udp4");
  datagrams.on("message", (message) => console.log("datagram " + message)).bind(5432);`;

/** Sends bytes to an address and prints what comes back, or why nothing did. */
const SEND = `
  const [host, port, text] = process.argv.slice(1);
  const socket = require("node:net").connect(Number(port), host, () => socket.write(text));
  socket.on("data", (data) => process.stdout.write(data));
  socket.on("error", (error) => console.log("failed with " + error.code));
  socket.setTimeout(2500, () => { console.log("nothing came"); socket.destroy(); });`;

/** Sends datagrams to an address through a gateway of its choice; ioctl(2) SIOCADDRT with a struct rtentry, since the image has no "ip". */
const SEND_THROUGH_GATEWAY = `
import fcntl, socket, struct, sys, time
target, gateway, word = sys.argv[1:]
address = lambda text: struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(text))
UP, GATEWAY, HOST, SIOCADDRT = 1, 2, 4, 0x890B
route = struct.pack("@L16s16s16sH", 0, address(target), address(gateway), address("255.255.255.255"), UP | GATEWAY | HOST) + bytes(100)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(sender, SIOCADDRT, route)
for _ in range(5):
    sender.sendto(word.encode(), (target, 5432))
    time.sleep(0.1)
`;

const bench = new ProxyBench();
let pro: string;
let prober: string;
let database: string;
let databaseAddress: string;
let pythonImage: string;

async function addressOf(container: string, network: string): Promise<string> {
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  return (await bench.docker(["inspect", "--format", format, container])).stdout.trim();
}

async function send(host: string, port: number, text = ""): Promise<string> {
  return (await bench.exec(prober, ["node", "-e", SEND, host, String(port), text])).stdout;
}

beforeAll(async () => {
  await bench.open();
  pythonImage = await bench.build("images/runtime-python");
  pro = await bench.stackNetwork("pro");
  const startDatabase = (environment: string, network: string): Promise<string> =>
    bench.start(`${environment}-postgres`, bench.nodeImage, {
      network,
      env: { ANSWER: environment },
      command: ["node", "-e", DATABASE],
    });
  await startDatabase("dev", bench.ownNetwork);
  database = await startDatabase("pro", pro);
  databaseAddress = await addressOf(database, pro);
  prober = await bench.startApp("app-in-dev", bench.appLabels("shop"));
  await bench.startApp("app-in-pro", bench.appLabels("shop", "pro", "shared"), pro);
  await askUntil(bench.url("shop.01.localhost"), ({ body }) => body === "app-in-dev", 10_000);
  await askUntil(bench.url("shop.pro.localhost"), ({ body }) => body === "app-in-pro", 10_000);
  expect(await bench.proxyNetworks()).toEqual([bench.ownNetwork, pro].sort());
});
afterAll(() => bench.dispose());

describe("a container in dev, with the proxy in dev and in pro,", () => {
  it("reaches dev's database, and not pro's by name or address", async () => {
    expect(await send(`${bench.prefix}-dev-postgres`, 5432)).toContain("secret of dev");
    for (const name of [database, `${database}.${pro}`]) {
      expect(await send(name, 5432)).toMatch(/^failed with E(NOTFOUND|AI_AGAIN)/);
    }
    expect(await send(databaseAddress, 5432)).toMatch(/^(nothing came|failed with E)/);
  });

  it("finds nothing of pro behind the proxy's own ports", async () => {
    expect(await send(bench.proxy, 5432)).toContain("ECONNREFUSED");
    expect(await send(bench.proxy, 2019)).toContain("ECONNREFUSED");
  });

  const host = (name: string): string => `GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`;
  // DB and IP stand for the name and the address of pro's database.
  it.each([
    ["a Host with name and port", host("DB:5432")],
    ["a Host with only the name", host("DB")],
    ["a Host with name and network", host("DB.NET:5432")],
    ["a Host with address and port", host("IP:5432")],
    ["a Host with a user part", host("shop.pro.localhost@DB:5432")],
    ["a Host that looks like a route", host("shop.pro.localhost@DB:5432@")],
    ["a Host with a pattern", host("*")],
    ["a Host with a pattern for pro", host("*.pro.localhost")],
    ["a Host of dots", host("..")],
    ["a Host that climbs", host("../../../DB:5432")],
    ["a Host that climbs in escapes", host("%2e%2e%2fDB:5432")],
    ["a Host in upper case", host("SHOP.PRO.LOCALHOST:5432")],
    ["a Host with a final dot", host("shop.pro.localhost.:5432")],
    ["a Host with two ports", host("shop.pro.localhost:3000:5432")],
    ["a Host with a placeholder", host("{http.regexp.target.1}")],
    [
      "two Hosts",
      `GET / HTTP/1.1\r\nHost: nobody.01.localhost\r\nHost: DB:5432\r\nConnection: close\r\n\r\n`,
    ],
    ["no Host", "GET / HTTP/1.0\r\n\r\n"],
    [
      "an absolute URI",
      `GET http://DB:5432/ HTTP/1.1\r\nHost: nobody.01.localhost\r\nConnection: close\r\n\r\n`,
    ],
    ["an absolute URI by address", `GET http://IP:5432/ HTTP/1.1\r\nHost: x.y\r\nConnection: close\r\n\r\n`],
    ["CONNECT by name", "CONNECT DB:5432 HTTP/1.1\r\nHost: DB:5432\r\n\r\n"],
    ["CONNECT by address", "CONNECT IP:5432 HTTP/1.1\r\nHost: IP:5432\r\n\r\n"],
    [
      "headers of other proxies",
      host("nobody.01.localhost\r\nX-Forwarded-Host: DB:5432\r\nForwarded: host=DB"),
    ],
    ["HTTP/2 without a question", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("gets no answer from pro with %s", async (_, request) => {
    const text = request.replaceAll("DB", database).replaceAll("NET", pro).replaceAll("IP", databaseAddress);
    const answer = await send(bench.proxy, 8080, text);
    expect(answer).toMatch(/^HTTP\/1\.[01] (4|505)/);
    expect(answer).not.toContain("secret");
    expect(answer).not.toContain("app-in");
  });

  it.each([
    ["another port in the Host", host("shop.pro.localhost:5432")],
    [
      "an absolute URI",
      `GET http://shop.pro.localhost:5432/ HTTP/1.1\r\nHost: DB:5432\r\nConnection: close\r\n\r\n`,
    ],
    [
      "an absolute path in the path",
      `GET /http://DB:5432/../.. HTTP/1.1\r\nHost: shop.pro.localhost\r\nConnection: close\r\n\r\n`,
    ],
  ])("gets pro's app at its own port, as every browser does, with %s", async (_, request) => {
    const answer = await send(bench.proxy, 8080, request.replaceAll("DB", database));
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    expect(answer).toContain("app-in-pro");
  });

  it("makes no tunnel of CONNECT to an app", async () => {
    const answer = await send(
      bench.proxy,
      8080,
      "CONNECT shop.pro.localhost:5432 HTTP/1.1\r\nHost: shop.pro.localhost:5432\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405/);
    expect(answer).not.toContain("app-in");
  });

  it("cannot answer for pro's app by taking its names in dev's network", async () => {
    const proApp = `${bench.prefix}-app-in-pro`;
    const thief = await bench.startApp("thief", bench.appLabels("thief"));
    const aliases = [proApp, `${proApp}.${pro}`, pro, "shop.pro.localhost"].flatMap((name) => [
      "--alias",
      name,
    ]);
    await bench.docker(["network", "disconnect", bench.ownNetwork, thief]);
    await bench.docker(["network", "connect", ...aliases, bench.ownNetwork, thief]);
    await askUntil(bench.url("thief.01.localhost"), ({ body }) => body === "thief", 10_000);
    const asked = await bench.exec(bench.proxy, ["getent", "hosts", proApp]);
    expect(asked.stdout).toContain(await addressOf(thief, bench.ownNetwork));
    for (let attempt = 0; attempt < 10; attempt++) {
      expect(await send(bench.proxy, 8080, host("shop.pro.localhost"))).toContain("app-in-pro");
    }
    await bench.remove(thief);
  });
});

describe("packets from dev to pro's address", () => {
  /** As no app of ours can: with the right to change its own routes. */
  async function sendThrough(gateway: string, word: string): Promise<string> {
    const sent = await bench.docker([
      ...["run", "--rm", "--name", `${bench.prefix}-router-user`, "--network", bench.ownNetwork],
      ...["--cap-add", "NET_ADMIN", "--user", "0:0", "--entrypoint", "python3", pythonImage],
      ...["-c", SEND_THROUGH_GATEWAY, databaseAddress, gateway, word],
    ]);
    expect(sent).toMatchObject({ exitCode: 0, stderr: "" });
    return bench.logs(database);
  }

  it("are not forwarded by the proxy, though they would be by a container that nobody told not to", async () => {
    const router = `${bench.prefix}-router`;
    await bench.start("router", bench.nodeImage, {
      network: bench.ownNetwork,
      command: ["sleep", "600"],
      sysctls: { "net.ipv4.ip_forward": "1" },
    });
    await bench.docker(["network", "connect", pro, router]);
    expect(await sendThrough(await addressOf(router, bench.ownNetwork), "by-router")).toContain("by-router");
    expect(await sendThrough(await addressOf(bench.proxy, bench.ownNetwork), "by-proxy")).not.toContain(
      "by-proxy",
    );
  });

  it("cannot be asked for by an app, which may not change its routes", async () => {
    const { stdout } = await bench.exec(prober, ["cat", "/proc/1/status"]);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    const settings = await bench.exec(bench.proxy, ["cat", "/proc/sys/net/ipv4/ip_forward"]);
    expect(settings.stdout.trim()).toBe("0");
  });
});
