import { Workbench, type CommandResult } from "../support/workbench";

const SECRET = "redis-admin-password";
const PASSWORD = "first-password";

const bench = new Workbench();
let image: string;

beforeAll(async () => {
  image = await bench.build("images/redis");
});
afterAll(() => bench.dispose());

function start(suffix: string, volume: string, password = PASSWORD): Promise<string> {
  return bench.start(suffix, image, {
    volumes: { [volume]: "/var/lib/berth/redis" },
    secrets: { [SECRET]: password },
  });
}

function asAdmin(container: string, ...command: string[]): Promise<CommandResult> {
  return bench.exec(container, ["berth-redis-cli", "-e", ...command]);
}

describe("the Redis image", () => {
  it("becomes healthy without any capability and as its own user", async () => {
    const container = await start("plain", await bench.volume());
    await bench.waitUntilHealthy(container);
    const { stdout } = await bench.exec(container, ["cat", "/proc/1/status"]);
    expect(stdout).toMatch(/^Uid:\s+6379/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    expect((await asAdmin(container, "INFO", "server")).stdout).toContain("redis_version:8.");
  });

  it("does nothing for a client without a user", async () => {
    const container = await start("anonymous", await bench.volume());
    await bench.waitUntilHealthy(container);
    expect((await bench.exec(container, ["redis-cli", "PING"])).stdout).toContain("NOAUTH");
  });

  it("keeps data and users when the container is replaced, and takes the administrator's new password", async () => {
    const volume = await bench.volume();
    const first = await start("first", volume);
    await bench.waitUntilHealthy(first);
    await asAdmin(first, "SET", "kept", "42");
    await asAdmin(first, "ACL", "SETUSER", "app", "on", ">app-password", "~*", "+get");
    await asAdmin(first, "ACL", "SAVE");
    expect((await bench.stop(first)).exitCode).toBe(0);
    await bench.remove(first);

    const second = await start("second", volume, "another-password");
    await bench.waitUntilHealthy(second);
    const login = ["redis-cli", "--user", "app", "--pass", "app-password", "--no-auth-warning"];
    expect((await bench.exec(second, [...login, "GET", "kept"])).stdout.trim()).toBe("42");
    const old = ["redis-cli", "--user", "berth-admin", "--pass", PASSWORD, "--no-auth-warning"];
    expect((await bench.exec(second, [...old, "PING"])).stdout).toContain("NOAUTH");
  });

  it("keeps no password on its volume", async () => {
    const container = await start("hashes", await bench.volume());
    await bench.waitUntilHealthy(container);
    const search = await bench.exec(container, ["grep", "-r", PASSWORD, "/var/lib/berth/redis"]);
    expect(search.stdout).toBe("");
  });

  it.each([
    ["missing", undefined, "is missing"],
    ["empty", "", "is empty"],
    ["of two words", "one two", "spaces"],
  ])("says what to do when the password is %s", async (what, password, message) => {
    const container = await bench.start(`secret-${what.replaceAll(" ", "-")}`, image, {
      volumes: { [await bench.volume()]: "/var/lib/berth/redis" },
      secrets: password === undefined ? {} : { [SECRET]: password },
    });
    expect(await bench.exitCode(container)).toBe(1);
    const log = await bench.logs(container);
    expect(log).toContain(`/run/secrets/berth/${SECRET}`);
    expect(log).toContain(message);
  });
});
