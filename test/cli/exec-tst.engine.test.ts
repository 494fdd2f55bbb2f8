import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ExecLab, until } from "./exec-lab";
import type { Laptop } from "./laptop";

/** Tells what it got, and waits where it is asked to. */
const TEST = `
const files = require("node:fs");
const read = (name) => files.readFileSync("/run/secrets/berth/" + name, "utf8");
const { host, username, pathname } = new URL(read("database-url"));
const redis = new URL(read("redis-url"));
console.log("got", host, username === pathname.slice(1), process.env.REDIS_KEY_PREFIX, read("stripe-key"));
const socket = require("node:net").connect(6379, redis.hostname, () => {
  socket.write("AUTH " + redis.username + " " + redis.password + "\\r\\nSET " + process.env.REDIS_KEY_PREFIX + "a 1\\r\\n");
});
let said = "";
socket.on("data", (data) => {
  said += data;
  if (said.split("\\r\\n").length < 3) return;
  console.log("redis said", said.trim().replace(/\\s+/g, " "));
  socket.end();
  setTimeout(() => process.exit(7), process.env.WAIT ? 60_000 : 0);
});
`;

let lab: ExecLab;
let ci: Laptop;
let workspace: string;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-exec-tst-"));

beforeAll(async () => {
  const keyFile = path.join(folder, "key");
  fs.writeFileSync(keyFile, randomBytes(32).toString("hex"));
  lab = await ExecLab.start(undefined, { services: { keyFile } });
  ci = await lab.cli.onboarded("ci1", "ci");
  await Promise.all([
    service("postgres", "postgres-superuser-password"),
    service("redis", "redis-admin-password"),
  ]);
  workspace = lab.workspace({
    "package.json": JSON.stringify({ scripts: { test: "node test.js", lint: "WAIT=1 node test.js" } }),
    "test.js": TEST,
    Dockerfile: `FROM ${lab.images.runtime}\nCOPY . /app/\n`,
  });
  const services = "services: { postgres: true, redis: true }\nsecrets: [stripe-key]\n";
  fs.appendFileSync(path.join(workspace, "berth.yaml"), services);
  await lab.docker(ci, `docker build -q -t shop:latest ${workspace}`);
});
afterAll(async () => {
  await lab.dispose();
  fs.rmSync(folder, { recursive: true });
});

/** One of tst's services, as its stack makes it. */
async function service(role: "postgres" | "redis", secret: string): Promise<void> {
  const { cli, bench } = lab;
  const image = await bench.build(`images/${role}`);
  const name = `${cli.prefix}-tst-${role}`;
  const labels = ["berth.env=tst", "berth.owner=shared", `berth.stack=${cli.prefix}-tst`];
  const flags = labels.flatMap((label) => ["--label", label]);
  await cli.host("create", "--name", name, "--network", `${cli.prefix}-tst-network`, ...flags, image);
  const file = path.join(folder, secret);
  fs.writeFileSync(file, randomBytes(16).toString("hex"), { mode: 0o644 });
  fs.mkdirSync(path.join(folder, role, "secrets/berth"), { recursive: true });
  fs.copyFileSync(file, path.join(folder, role, "secrets/berth", secret));
  await cli.host("cp", path.join(folder, role, "secrets"), `${name}:/run/`);
  await cli.host("start", name);
  await bench.waitUntilHealthy(name);
}

const tst = (): string[] => ["--workspace", workspace, "--env", "tst"];
const accounts = (): Promise<string> =>
  lab.cli.host(
    ...["exec", `${lab.cli.prefix}-tst-postgres`, "psql", "-XtAU", "postgres"],
    ...["-c", "SELECT rolname FROM pg_roles WHERE rolname ~ '^once_'"],
  );

it("of an app whose secret has no value, makes nothing and names both ways to give one", async () => {
  const { exitCode, output } = await ci.berth("test", "shop", ...tst());
  expect(exitCode).toBe(1);
  expect(output).toContain("app 'shop' asks for a secret without a value in tst: stripe-key");
  expect(output).toContain("berth secrets set stripe-key --project");
  expect(await accounts()).toBe("");
  expect(await lab.throwAways()).toBe("");
});

it("gets tst's services by a database and keys of its own, and the project's secrets; all is gone after", async () => {
  await ci.shell(`printf sk_tst | $BERTH secrets set stripe-key --project --workspace ${workspace}`);
  const { exitCode, stdout } = await ci.berth("test", "shop", ...tst());
  expect(stdout).toMatch(
    new RegExp(
      `got ${lab.cli.prefix}-tst-postgres:5432 true once:[0-9a-z]{19}: sk_tst\nredis said \\+OK \\+OK`,
    ),
  );
  expect(exitCode).toBe(7);
  expect(await accounts()).toBe("");
  expect(await lab.throwAways()).toBe("");
});

it("has nothing left in tst after Ctrl-C", async () => {
  const lint = lab.start(ci, ["lint", "shop", ...tst()]);
  await lint.says("redis said +OK +OK");
  const id = (await accounts()).replace("once_", "");
  expect(await lab.throwAways()).toContain(`-tst-ci1-shop-once-${id} `);
  lint.process.kill("SIGINT");
  expect(await lint.exit).toBe(130);
  expect(await accounts()).toBe("");
  await until(
    () => lab.throwAways(),
    (found) => found === "",
  );
});
