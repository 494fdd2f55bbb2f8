import * as fs from "node:fs";
import { Workbench } from "../support/workbench";

jest.setTimeout(240_000);

const bench = new Workbench();
afterAll(() => bench.dispose());

const runtimes = [
  {
    folder: "images/runtime-node",
    tools: [
      ["node", "--version"],
      ["npm", "--version"],
      ["npx", "--version"],
    ],
    server: [
      "node",
      "-e",
      `require("node:http").createServer((request, response) => {
         response.statusCode = request.url === "/health" ? 200 : 503;
         response.end();
       }).listen(process.env.PORT);
       process.on("SIGTERM", () => process.exit(0));`,
    ],
  },
  {
    folder: "images/runtime-python",
    tools: [
      ["python3", "--version"],
      ["python3", "-m", "venv", "/tmp/venv"],
    ],
    server: [
      "python3",
      "-c",
      `
import http.server, os, signal, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 503)
        self.end_headers()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.HTTPServer(("", int(os.environ["PORT"])), Handler).serve_forever()
`,
    ],
  },
];

describe.each(runtimes)("$folder", ({ folder, tools, server }) => {
  let image: string;
  let container: string;

  beforeAll(async () => {
    image = await bench.build(folder);
    container = await bench.start(folder.replace("images/", ""), image, {
      env: { PORT: "8123" },
      command: server,
    });
    await bench.waitUntilHealthy(container);
  });

  it("has its tools for a user without rights", async () => {
    for (const tool of tools) {
      const { exitCode, stderr } = await bench.docker(["exec", "--user", "10001", container, ...tool]);
      expect({ tool, exitCode, stderr }).toEqual({ tool, exitCode: 0, stderr: "" });
    }
  });

  it("holds no compiler, no package lists and no extra CA", async () => {
    for (const tool of ["gcc", "make", "g++"]) {
      expect((await bench.exec(container, ["sh", "-c", `command -v ${tool}`])).stdout).toBe("");
    }
    expect((await bench.exec(container, ["sh", "-c", "ls /var/lib/apt/lists"])).stdout).toBe("");
    expect((await bench.exec(container, ["sh", "-c", "ls /*.pem /tmp/*.pem 2>/dev/null"])).stdout).toBe("");
  });

  it("tells an unhealthy answer from a healthy one, and from none", async () => {
    const health = (...args: string[]) => bench.exec(container, args);
    expect(await health("berth-health", "/broken")).toMatchObject({
      exitCode: 1,
      stdout: "GET /broken on port 8123 answered 503\n",
    });
    expect((await health("env", "BERTH_HEALTH_PATH=/broken", "berth-health")).exitCode).toBe(1);
    expect(await health("env", "PORT=8124", "berth-health")).toMatchObject({
      exitCode: 1,
      stdout: "nothing listens on 127.0.0.1:8124\n",
    });
  });

  it("passes the request to stop on to the app", async () => {
    const { exitCode, seconds } = await bench.stop(container);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(5);
  });
});

describe("the HTTP health check", () => {
  it("is the same in every image that has it", () => {
    const [first, ...others] = ["runtime-node", "runtime-python", "proxy"].map((name) =>
      fs.readFileSync(`images/${name}/berth-health`, "utf8"),
    );
    for (const other of others) expect(other).toBe(first);
  });
});
