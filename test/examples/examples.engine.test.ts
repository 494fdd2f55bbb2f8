import * as fs from "node:fs";
import { parse } from "yaml";
import { Workbench, type CommandResult, type StartOptions } from "../support/workbench";

jest.setTimeout(300_000);

interface Manifest {
  port: number;
  health: { path: string };
  commands: Record<string, string[]>;
}

const bench = new Workbench();
let network: string;

beforeAll(async () => {
  network = await bench.network();
});
afterAll(() => bench.dispose());

function manifestOf(app: string): Manifest {
  return parse(fs.readFileSync(`examples/${app}/berth.yaml`, "utf8")) as Manifest;
}

/** A Postgres with a role and database for the shop, and the settings that name it. */
async function startPostgres(): Promise<StartOptions> {
  const postgres = await bench.start("postgres", await bench.build("images/postgres"), {
    network,
    volumes: { [await bench.volume()]: "/var/lib/berth/postgres" },
    secrets: { "postgres-superuser-password": "superuser-password" },
  });
  await bench.waitUntilHealthy(postgres);
  const sql = "CREATE ROLE shop LOGIN PASSWORD 'shop-password';\nCREATE DATABASE shop OWNER shop;\n";
  await bench.exec(postgres, ["psql", "--username=postgres"], sql);
  return {
    network,
    env: { DATABASE_URL_FILE: "/run/secrets/berth/database-url" },
    secrets: { "database-url": `postgres://shop:shop-password@${postgres}:5432/shop` },
  };
}

/** A Redis with a user for the ledger, and the settings that name it. */
async function startRedis(): Promise<StartOptions> {
  const redis = await bench.start("redis", await bench.build("images/redis"), {
    network,
    volumes: { [await bench.volume()]: "/var/lib/berth/redis" },
    secrets: { "redis-admin-password": "admin-password" },
  });
  await bench.waitUntilHealthy(redis);
  const rules = "+@all -@admin -@dangerous -scan -randomkey -dbsize -function -pubsub";
  await bench.exec(
    redis,
    ["berth-redis-cli"],
    `ACL SETUSER ledger on >ledger-password ~ledger:01:* ${rules}\n`,
  );
  return {
    network,
    env: { REDIS_URL_FILE: "/run/secrets/berth/redis-url", REDIS_KEY_PREFIX: "ledger:01:" },
    secrets: { "redis-url": `redis://ledger:ledger-password@${redis}:6379/0` },
  };
}

const apps = [
  { app: "shop", runtime: "images/runtime-node", startService: startPostgres },
  { app: "ledger", runtime: "images/runtime-python", startService: startRedis },
];

describe.each(apps)("the example $app", ({ app, runtime, startService }) => {
  const manifest = manifestOf(app);
  let settings: StartOptions;
  let dev: string;
  let runtimeContainer: string;

  beforeAll(async () => {
    const runtimeImage = await bench.build(runtime);
    settings = await startService();
    const build = (target: string): Promise<string> =>
      bench.build(`examples/${app}`, { target, runtimeImage, tag: `${app}-${target}` });
    dev = await bench.start(`${app}-dev`, await build("dev"), {
      ...settings,
      command: manifest.commands.reload,
    });
    runtimeContainer = await bench.start(`${app}-runtime`, await build("runtime"), settings);
  });

  function command(name: string): Promise<CommandResult> {
    const words = manifest.commands[name];
    if (words === undefined) throw new Error(`examples/${app}/berth.yaml has no command ${name}`);
    return bench.exec(dev, words);
  }

  it("becomes healthy, live and built, as user 10001 without any capability", async () => {
    for (const container of [dev, runtimeContainer]) {
      await bench.waitUntilHealthy(container, 30_000, manifest.health.path);
      const { stdout } = await bench.exec(container, ["cat", "/proc/1/status"]);
      expect(stdout).toMatch(/^Uid:\s+10001/m);
      expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    }
  });

  it.each(["test", "testIntegration", "lint"])(
    "passes its own %s command in the development image",
    async (name) => {
      const { exitCode, stdout, stderr } = await command(name);
      if (exitCode !== 0) throw new Error(`${stdout}${stderr}`);
      // A test that had no service to run on would be skipped in silence.
      expect(stdout).not.toMatch(/# skipped [1-9]|[1-9] skipped/);
    },
  );

  it("carries neither development tools nor the extra CA in what runs", async () => {
    const search = `find / -xdev \\( -name extra-ca.pem -o -name tsx -o -name eslint -o -name ruff -o -name pytest \\) -not -path '/proc/*' 2>/dev/null`;
    expect((await bench.exec(runtimeContainer, ["sh", "-c", search])).stdout).toBe("");
    const ca = await bench.exec(dev, ["sh", "-c", "find / -xdev -name extra-ca.pem 2>/dev/null"]);
    expect(ca.stdout).toBe("");
  });

  it("stops cleanly when asked", async () => {
    for (const container of [dev, runtimeContainer]) {
      const { exitCode, seconds } = await bench.stop(container);
      expect({ container, exitCode }).toEqual({ container, exitCode: 0 });
      expect(seconds).toBeLessThan(9);
    }
  });
});

describe("what the examples install", () => {
  it("comes from locks that name no registry", () => {
    const lock = JSON.parse(fs.readFileSync("examples/shop/package-lock.json", "utf8")) as {
      packages: Record<string, { resolved?: string; integrity?: string }>;
    };
    const { "": root, ...packages } = lock.packages;
    expect(root).toBeDefined();
    for (const [name, { resolved, integrity }] of Object.entries(packages)) {
      expect({ name, resolved }).toEqual({ name, resolved: undefined });
      expect(integrity).toMatch(/^sha512-/);
    }
    for (const name of ["requirements.txt", "requirements-dev.txt"]) {
      expect(fs.readFileSync(`examples/ledger/${name}`, "utf8")).not.toMatch(/https?:\/\//);
    }
  });
});
