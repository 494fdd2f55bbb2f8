import type { Answer } from "../onboarding/https";
import { Lab, type Replica } from "../onboarding/lab";
import { quickRequest } from "../onboarding/request-builder";

let lab: Lab;
let replica: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  replica = await lab.replica();
});
afterAll(() => lab.dispose());

type Fact = Record<string, unknown>;
const issue = (devId: string, pin: string): Promise<Answer> =>
  lab.issue(replica, devId, pin, quickRequest().csrPem);

describe("berth-admin", () => {
  it("helps with examples, for itself and for every command", async () => {
    const commands = [
      [],
      ["pin", "create"],
      ["list"],
      ["revoke"],
      ["unlock"],
      ["reissue"],
      ["events"],
      ["audit"],
    ];
    for (const command of commands) {
      const { exitCode, stdout } = await lab.admin(replica, ...command, "--help");
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/Examples?:\n\s+.*berth-admin/);
    }
  });

  it("makes a PIN that a developer can use, and shows what became of it", async () => {
    const { stdout } = await lab.admin(replica, "pin", "create", "--dev-id", "01");
    const pin = /PIN (\S+) for 01 \(developer\), once, until/.exec(stdout)?.[1] ?? "";
    expect(stdout).toContain(`berth dev init --dev-id 01 --pin ${pin}`);
    expect(await lab.adminJson<Fact[]>(replica, "pin", "list")).toMatchObject([
      { devId: "01", state: "open" },
    ]);
    expect((await issue("01", pin)).status).toBe(200);
    const listed = await lab.admin(replica, "pin", "list");
    expect(listed.stdout).toMatch(/^01\s+developer\s+used\s+0 /m);
    expect(listed.stdout).not.toContain(pin);
  });

  it("makes a PIN for a role and a time", async () => {
    const args = ["pin", "create", "--dev-id", "ci1", "--role", "ci", "--minutes", "60"];
    const created = await lab.adminJson<{ pin: string; expiresAt: string; role: string }>(replica, ...args);
    expect(created.role).toBe("ci");
    const minutes = (new Date(created.expiresAt).getTime() - Date.now()) / 60_000;
    expect(Math.round(minutes)).toBe(60);
    expect((await issue("ci1", created.pin)).status).toBe(200);
    const [certificate] = await lab.adminJson<Fact[]>(replica, "list", "--dev-id", "ci1");
    expect(certificate).toMatchObject({ devId: "ci1", role: "ci", generation: 1, state: "valid" });
  });

  it("lists, revokes by serial, and revokes everything of a developer with the open PIN", async () => {
    const first = await lab.onboard(replica, "02");
    const second = await lab.onboard(replica, "02");
    const withColons = first.serial.toUpperCase().replaceAll(/(..)(?=.)/g, "$1:");
    expect(await lab.adminJson(replica, "revoke", "--serial", withColons)).toEqual({
      revoked: [first.serial],
    });
    const states = async (): Promise<unknown[]> =>
      (await lab.adminJson<Fact[]>(replica, "list", "--dev-id", "02")).map(({ serial, state }) => [
        serial,
        state,
      ]);
    expect(await states()).toEqual([
      [first.serial, "revoked"],
      [second.serial, "valid"],
    ]);
    const pin = await lab.pin("02");
    expect(await lab.adminJson(replica, "revoke", "--dev-id", "02")).toEqual({ revoked: [second.serial] });
    expect((await states()).flat()).not.toContain("valid");
    expect((await issue("02", pin)).status).toBe(403);
  });

  it("unlocks, or gives a new start with everything old revoked", async () => {
    const { serial } = await lab.onboard(replica, "03");
    const lock = "UPDATE developer SET locked_at = now(), lock_reason = 'test' WHERE developer_id = '03'";
    await lab.sql(lock);
    const refused = await lab.admin(replica, "pin", "create", "--dev-id", "03");
    expect([refused.exitCode, refused.output]).toEqual([1, expect.stringContaining("03 is locked")]);
    await lab.adminJson(replica, "unlock", "--dev-id", "03");
    expect((await lab.admin(replica, "unlock", "--dev-id", "03")).output).toContain("03 is not locked");
    await lab.sql(lock);
    const again = await lab.adminJson<{ pin: string; revoked: string[] }>(
      replica,
      "reissue",
      "--dev-id",
      "03",
    );
    expect(again.revoked).toEqual([serial]);
    expect((await issue("03", again.pin)).status).toBe(200);
  });

  it("names who did it, where it is told", async () => {
    await lab.admin(replica, "--as", "ada", "pin", "create", "--dev-id", "04");
    const events = await lab.adminJson<Fact[]>(replica, "events", "--dev-id", "04", "--limit", "1");
    expect(events).toMatchObject([
      { actor: "ada", action: "pin.create", outcome: "done", developerId: "04" },
    ]);
  });

  it.each([
    [["pin", "create", "--dev-id", "01-x"], "is no developer id"],
    [["pin", "create", "--dev-id", "gateway"], "Berth uses that name itself"],
    [["pin", "create", "--dev-id", "01", "--role", "root"], "Allowed choices are developer, ci, operator"],
    [["pin", "create", "--dev-id", "01", "--minutes", "0"], "whole number from 1 to 1440"],
    [["pin", "create"], "required option '--dev-id <id>'"],
    [["pin", "revoke", "--dev-id", "01"], "01 has no open PIN"],
    [["revoke"], "give --dev-id or --serial"],
    [["revoke", "--dev-id", "01", "--serial", "00"], "cannot be used with"],
    [["revoke", "--serial", "77"], "no certificate has the serial 00000000000000000000000000000077"],
    [["revoke", "--dev-id", "nobody"], "nobody is unknown"],
    [["reissue", "--dev-id", "nobody"], "nobody is unknown"],
    [["lst"], "unknown command 'lst'"],
  ])("refuses %j and says why", async (args, message) => {
    const { exitCode, output } = await lab.admin(replica, ...args);
    expect(exitCode).toBe(1);
    expect(output).toContain(message);
  });
});
