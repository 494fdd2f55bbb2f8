import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { runCommand, Workbench, type CommandResult } from "../../support/workbench";

const PASSWORD = `it's-a-"password"`;
const bench = new Workbench();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-provision-"));
const bundle = path.join(folder, "provision.js");
let postgres: string;
let redis: string;

beforeAll(async () => {
  buildSync({
    entryPoints: ["services/provision/main.ts"],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["cpu-features", "*.node"],
  });
  const network = await bench.network();
  postgres = await bench.start("postgres", await bench.build("images/postgres"), {
    network,
    volumes: { [await bench.volume()]: "/var/lib/berth/postgres" },
    secrets: { "postgres-superuser-password": "superuser-password" },
  });
  redis = await bench.start("redis", await bench.build("images/redis"), {
    network,
    volumes: { [await bench.volume()]: "/var/lib/berth/redis" },
    secrets: { "redis-admin-password": "admin-password" },
  });
});
afterAll(async () => {
  fs.rmSync(folder, { recursive: true });
  await bench.dispose();
});

function provision(args: string[], password = PASSWORD): Promise<CommandResult> {
  return runCommand("node", [bundle, ...args], JSON.stringify({ password }));
}

const role = (name: string, database = name): string[] => [
  ...["postgres-role", "--container", postgres, "--role", name, "--database", database],
];
const user = (name: string, prefix: string): string[] => [
  ...["redis-user", "--container", redis, "--user", name, "--key-prefix", prefix],
];

function psql(name: string, database: string, sql: string, password = PASSWORD): Promise<CommandResult> {
  const url = `postgres://${name}:${encodeURIComponent(password)}@${postgres}/${database}`;
  return bench.exec(postgres, ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, url]);
}

async function redisAnswer(name: string, password: string, command: string): Promise<string> {
  const login = ["redis-cli", "-h", redis, "--user", name, "--pass", password, "--no-auth-warning"];
  return (await bench.exec(redis, login, `${command}\n`)).stdout.trim();
}

describe("provision postgres-role", () => {
  it("waits for a server that has just started, then makes a role that logs in over TCP and owns its database", async () => {
    const result = await provision(role("shop_01"));
    expect(result).toEqual({
      exitCode: 0,
      stdout: `postgres role shop_01 may use database shop_01 in ${postgres}\n`,
      stderr: "",
    });
    const created = await psql("shop_01", "shop_01", "CREATE TABLE kept AS SELECT 42 AS answer");
    expect(created).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("keeps the role out of every other database", async () => {
    await provision(role("other_02"));
    for (const database of ["other_02", "postgres", "template1"]) {
      const { stderr } = await psql("shop_01", database, "SELECT 1");
      expect(stderr).toContain(`permission denied for database "${database}"`);
    }
  });

  it("changes nothing but the password the second time", async () => {
    expect((await provision(role("shop_01"), "another-password")).exitCode).toBe(0);
    expect((await psql("shop_01", "shop_01", "SELECT 1")).stderr).toContain("password authentication failed");
    const { stdout } = await psql("shop_01", "shop_01", "SELECT answer FROM kept", "another-password");
    expect(stdout.trim()).toBe("42");
  });

  it("does not give one app's database to another role", async () => {
    const { exitCode, stderr } = await provision(role("thief", "shop_01"));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("database shop_01");
    expect(stderr).toContain("belongs to role shop_01");
  });

  it("locks the role out when it is removed, ends its sessions and keeps its data", async () => {
    await provision(role("leaver"));
    await psql("leaver", "leaver", "CREATE TABLE kept AS SELECT 7 AS answer");
    const session = psql("leaver", "leaver", "SELECT pg_sleep(60)");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await provision([...role("leaver"), "--remove"])).stdout).toContain("database leaver is kept");
    expect((await session).stderr).toContain("terminating connection");
    expect((await psql("leaver", "leaver", "SELECT 1")).exitCode).not.toBe(0);
    await provision(role("leaver"));
    expect((await psql("leaver", "leaver", "SELECT answer FROM kept")).stdout.trim()).toBe("7");
  });

  it("leaves no password in the server's log", async () => {
    const log = await bench.logs(postgres);
    expect(log).not.toContain("it's-a");
    expect(log).not.toContain("SCRAM-SHA-256$");
  });
});

describe("provision redis-user", () => {
  it("makes a user for its own keys and channels", async () => {
    const { stdout } = await provision(user("ledger_01", "ledger:01:"));
    expect(stdout).toBe(`redis user ledger_01 may use keys ledger:01:* in ${redis}\n`);
    expect(await redisAnswer("ledger_01", PASSWORD, "SET ledger:01:a 1")).toBe("OK");
    expect(await redisAnswer("ledger_01", PASSWORD, "PUBLISH ledger:01:news x")).toBe("0");
    expect(
      await redisAnswer("ledger_01", PASSWORD, `EVAL "return redis.call('GET', KEYS[1])" 1 ledger:01:a`),
    ).toBe("1");
  });

  it.each([
    "GET ledger:02:a",
    "SET other 1",
    "KEYS *",
    "SCAN 0",
    "RANDOMKEY",
    "DBSIZE",
    "FLUSHALL",
    "FLUSHDB",
    "INFO",
    "CONFIG GET *",
    "ACL LIST",
    "MONITOR",
    "CLIENT LIST",
    "PUBLISH other x",
    "SUBSCRIBE other",
    "PUBSUB CHANNELS",
    "FUNCTION LIST",
    `EVAL "return redis.call('GET', 'ledger:02:a')" 0`,
    "COPY ledger:02:a ledger:01:b",
    "SORT ledger:01:a BY ledger:02:*",
  ])("refuses the user %s", async (command) => {
    expect(await redisAnswer("ledger_01", PASSWORD, command)).toMatch(
      /NOPERM|ACL failure|No permissions|no permissions/,
    );
  });

  it("survives a restart of the server, and takes a new password", async () => {
    await provision(user("ledger_01", "ledger:01:"), "another-password");
    await bench.docker(["restart", redis]);
    await bench.waitUntilHealthy(redis);
    expect(await redisAnswer("ledger_01", "another-password", "GET ledger:01:a")).toBe("1");
    expect(await redisAnswer("ledger_01", PASSWORD, "GET ledger:01:a")).toContain("NOAUTH");
  });

  it("locks the user out when it is removed and keeps its keys", async () => {
    expect((await provision([...user("ledger_01", "ledger:01:"), "--remove"])).stdout).toContain("are kept");
    expect(await redisAnswer("ledger_01", "another-password", "GET ledger:01:a")).toContain("NOAUTH");
    await provision(user("ledger_01", "ledger:01:"));
    expect(await redisAnswer("ledger_01", PASSWORD, "GET ledger:01:a")).toBe("1");
  });
});

describe("provision and a service that is not there", () => {
  it("says which container was not ready, for how long, and where to look", async () => {
    const args = ["postgres-role", "--container", `${bench.prefix}-none`, "--role", "a", "--database", "a"];
    const { exitCode, stderr } = await provision([...args, "--timeout-seconds", "1"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${bench.prefix}-none was not ready after 1 s`);
    expect(stderr).toContain("docker logs");
  });

  it("has nothing to remove where the container is gone", async () => {
    const args = ["redis-user", "--container", `${bench.prefix}-none`, "--user", "a", "--key-prefix", "a:"];
    expect(await provision([...args, "--remove"])).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("ends with 2 for a wrong command line", async () => {
    expect((await provision(["postgres-role"])).exitCode).toBe(2);
  });
});
