import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { runCommand } from "../support/run-command";
import { Workbench } from "../support/workbench";
import { ExecLab, until, type Running } from "./exec-lab";
import { Laptop } from "./laptop";

const BIG_BYTES = 8 * 1024 * 1024;
const SERVER = `
  const http = require("node:http");
  const { WebSocketServer } = require("ws");
  const big = Buffer.alloc(${BIG_BYTES}, "0123456789");
  const server = http.createServer((question, answer) => {
    const { url, headers } = question;
    if (url === "/big") answer.end(big);
    else if (url === "/slow") setTimeout(() => answer.end("late"), 1500);
    else answer.end("hello " + url + " at " + headers.host);
  });
  new WebSocketServer({ server }).on("connection", (socket) => {
    socket.on("message", (data) => socket.send("heard " + data));
    socket.on("close", (code) => console.log("websocket closed", code));
  });
  server.listen(3000);`;

/** What behind-one-port.ts prints. */
interface Seen {
  others: string;
  opened: { url: string; tunnel: boolean; opened: boolean; page: string };
  page: string;
  pages: string[];
  big: string;
  webSocket: string;
  halfClosed: string;
  exitCodes: (number | null)[];
}

let lab: ExecLab;
let laptop: Laptop;
let proxyPort: number;
beforeAll(async () => {
  const bench = new Workbench();
  const proxy = await bench.start("proxy", await bench.build("images/proxy"), { publish: 8080 });
  proxyPort = await bench.port(proxy, 8080);
  lab = await ExecLab.start(bench, { proxyUrl: `http://localhost:${proxyPort}` });
  laptop = await lab.cli.onboarded("01");
  const workspace = lab.workspace({ "server.js": SERVER });
  fs.cpSync("node_modules/ws", path.join(workspace, "node_modules/ws"), { recursive: true });
  await lab.run(laptop, workspace, "node", "server.js");
});
afterAll(() => lab.dispose());

/** A path for programs with a browser that only notes what it is asked for. */
function browser(): { environment: NodeJS.ProcessEnv; asked: () => string } {
  const folder = fs.mkdtempSync(path.join(lab.cli.folder, "browser-"));
  const note = path.join(folder, "asked");
  fs.writeFileSync(path.join(folder, "xdg-open"), `#!/bin/sh\necho "$1" > ${note}\n`, { mode: 0o755 });
  const asked = (): string => (fs.existsSync(note) ? fs.readFileSync(note, "utf8").trim() : "");
  return { environment: { PATH: `${folder}:${process.env.PATH}` }, asked };
}

/** Lets a socket in the file system, which network namespaces share, lead to the gateway. */
function relay(): Promise<{ path: string; close: () => void }> {
  const at = path.join(lab.cli.folder, "relay");
  const server = net.createServer({ allowHalfOpen: true }, (client) => {
    const gateway = net.connect({ port: lab.cli.gatewayPort, host: "127.0.0.1", allowHalfOpen: true });
    for (const socket of [client, gateway]) {
      socket.on("error", () => [client, gateway].map((one) => one.destroy()));
    }
    client.pipe(gateway).pipe(client);
  });
  return new Promise((resolve) => {
    server.listen(at, () => resolve({ path: at, close: () => server.close() }));
  });
}

describe("from another network, in which the gateway's port is all there is", () => {
  let seen: Seen;
  let asked: string;
  beforeAll(async () => {
    const way = await relay();
    const fake = browser();
    const words = ["--net", "node", "--import", "tsx", path.join(__dirname, "behind-one-port.ts")];
    const proxy = `http://127.0.0.1:${proxyPort}`;
    const { exitCode, output, stdout } = await runCommand(
      "unshare",
      [...words, Laptop.bundle, way.path, String(lab.cli.gatewayPort), proxy],
      { environment: { ...laptop.environment, ...fake.environment } },
    );
    way.close();
    if (exitCode !== 0) throw new Error(output);
    seen = JSON.parse(stdout) as Seen;
    asked = fake.asked();
  });

  it("berth forward serves HTTP: one page, many at once, a large one whole", () => {
    expect(seen.others).toBe("ECONNREFUSED");
    expect(seen.page).toMatch(/^hello \/page at 127\.0\.0\.1:\d+$/);
    expect(seen.pages.map((text) => text.split(" ")[1])).toEqual(
      Array.from({ length: 12 }, (_, index) => `/${index}`),
    );
    const big = Buffer.alloc(BIG_BYTES, "0123456789");
    expect(seen.big).toBe(createHash("sha256").update(big).digest("hex"));
  });

  it("berth forward serves a WebSocket, and its end reaches the app", async () => {
    expect(seen.webSocket).toBe("heard one, heard two");
    await until(
      async () => (await laptop.berth("logs", "shop")).stdout,
      (text) => text.includes("websocket closed 1006"),
    );
  });

  it("berth forward waits for the answer to a client that has said all", () => {
    expect(seen.halfClosed).toBe("late");
  });

  it("berth open goes through a tunnel by itself", () => {
    expect(seen.opened).toMatchObject({ tunnel: true, opened: true });
    expect(seen.opened.page).toContain("hello /");
    expect(asked).toBe(seen.opened.url);
  });

  it("both end at Ctrl-C and leave nothing", async () => {
    expect(seen.exitCodes).toEqual([0, 0]);
    expect(await lab.throwAways()).toBe("");
  });
});

describe("berth open where the proxy can be reached", () => {
  it("opens the app's own URL", async () => {
    const fake = browser();
    const words = [Laptop.bundle, "open", "shop", "--json"];
    const { stdout } = await runCommand("node", words, {
      environment: { ...laptop.environment, ...fake.environment },
    });
    const url = `http://shop.01.localhost:${proxyPort}/`;
    expect(JSON.parse(stdout)).toEqual({ app: "shop", url, tunnel: false, opened: true });
    await until(fake.asked, (text) => text === url);
  });
});

describe("berth forward", () => {
  const url = async (forward: Running): Promise<string> => {
    await forward.says("}\n");
    return (JSON.parse(forward.stdout()) as { url: string }).url;
  };

  it("goes on after a restart of the app and of the gateway, and says what is wrong meanwhile", async () => {
    const forward = lab.start(laptop, ["forward", "shop", "--json"]);
    const at = await url(forward);
    await lab.docker(laptop, "docker stop -t 0 shop");
    await expect(fetch(at)).rejects.toThrow("fetch failed");
    await until(forward.stderr, (text) => text.includes("-dev-01-shop"));
    await lab.docker(laptop, "docker start shop");
    await lab.cli.stopGateway();
    await expect(fetch(at)).rejects.toThrow("fetch failed");
    await until(forward.stderr, (text) => text.includes("cannot be reached"));
    await lab.cli.startGateway();
    await until(
      () => fetch(at).then((answer) => answer.text(), String),
      (text) => text.startsWith("hello"),
    );
    forward.process.kill("SIGTERM");
    expect(await forward.exit).toBe(0);
  });

  it("with a port that is taken says so", async () => {
    const { exitCode, output } = await laptop.berth("forward", "shop", "--port", String(proxyPort));
    expect([exitCode, output]).toEqual([1, expect.stringContaining(`port ${proxyPort} of this laptop`)]);
  });

  it("of an app that does not run names the command that runs it", async () => {
    const { exitCode, output } = await laptop.berth("forward", "nosuch");
    expect([exitCode, output]).toEqual([1, expect.stringContaining("berth run nosuch --reload")]);
  });
});
