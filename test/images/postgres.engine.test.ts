import { Workbench, type CommandResult } from "../support/workbench";

const SECRET = "postgres-superuser-password";
const PASSWORD = "first-'quoted'-password";

const bench = new Workbench();
let image: string;

beforeAll(async () => {
  image = await bench.build("images/postgres");
});
afterAll(() => bench.dispose());

function start(suffix: string, volume: string, password = PASSWORD): Promise<string> {
  return bench.start(suffix, image, {
    volumes: { [volume]: "/var/lib/berth/postgres" },
    secrets: { [SECRET]: password },
  });
}

/** A query over TCP, as any other container would make it. */
function queryOverTcp(container: string, password: string, sql: string): Promise<CommandResult> {
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1/postgres`;
  return bench.exec(container, ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql, url]);
}

describe("the Postgres image", () => {
  it("becomes healthy without any capability and as its own user", async () => {
    const container = await start("plain", await bench.volume());
    await bench.waitUntilHealthy(container);
    const { stdout } = await bench.exec(container, ["cat", "/proc/1/status"]);
    expect(stdout).toMatch(/^Uid:\s+5432/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    expect((await bench.exec(container, ["psql", "--version"])).stdout).toContain(" 17.");
  });

  it("wants the password over TCP and lets nobody else use the local socket", async () => {
    const container = await start("access", await bench.volume());
    await bench.waitUntilHealthy(container);
    expect((await queryOverTcp(container, PASSWORD, "SELECT current_user")).stdout.trim()).toBe("postgres");
    expect((await queryOverTcp(container, "wrong", "SELECT 1")).stderr).toContain(
      "password authentication failed",
    );
    const stranger = await bench.docker(["exec", "--user", "10001", container, "psql", "-U", "postgres"]);
    expect(stranger.exitCode).not.toBe(0);
  });

  it("keeps its data when the container is replaced, and takes the new password", async () => {
    const volume = await bench.volume();
    const first = await start("first", volume);
    await bench.waitUntilHealthy(first);
    await queryOverTcp(first, PASSWORD, "CREATE TABLE kept AS SELECT 42 AS answer");
    await bench.remove(first);

    const second = await start("second", volume, "another-password");
    await bench.waitUntilHealthy(second);
    expect((await queryOverTcp(second, "another-password", "SELECT answer FROM kept")).stdout.trim()).toBe(
      "42",
    );
    expect((await queryOverTcp(second, PASSWORD, "SELECT 1")).exitCode).not.toBe(0);
    expect(await bench.logs(second)).not.toContain("another-password");
  });

  it("stops fast and cleanly while a client is connected", async () => {
    const container = await start("stopped", await bench.volume());
    await bench.waitUntilHealthy(container);
    const client = queryOverTcp(container, PASSWORD, "SELECT pg_sleep(60)");
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { exitCode, seconds } = await bench.stop(container);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(5);
    expect(await bench.logs(container)).toContain("database system is shut down");
    await client;
  });

  it("begins anew when its first start was cut off", async () => {
    const volume = await bench.volume();
    const half = await bench.docker([
      ...["run", "--rm", "--volume", `${volume}:/var/lib/berth/postgres`, "--entrypoint", "mkdir", image],
      "/var/lib/berth/postgres/17.initializing",
    ]);
    expect(half.stderr).toBe("");
    await bench.waitUntilHealthy(await start("anew", volume));
  });

  it("refuses a volume that another container uses", async () => {
    const volume = await bench.volume();
    await bench.waitUntilHealthy(await start("owner", volume));
    const intruder = await start("intruder", volume);
    expect(await bench.exitCode(intruder)).toBe(1);
    expect(await bench.logs(intruder)).toContain("another container runs on the volume");
  });

  it.each([
    ["missing", undefined, "is missing"],
    ["empty", "", "is empty"],
    ["of two lines", "one\ntwo", "line breaks"],
  ])("says what to do when the password is %s", async (what, password, message) => {
    const container = await bench.start(`secret-${what.replaceAll(" ", "-")}`, image, {
      volumes: { [await bench.volume()]: "/var/lib/berth/postgres" },
      secrets: password === undefined ? {} : { [SECRET]: password },
    });
    expect(await bench.exitCode(container)).toBe(1);
    const log = await bench.logs(container);
    expect(log).toContain(`/run/secrets/berth/${SECRET}`);
    expect(log).toContain(message);
  });
});
