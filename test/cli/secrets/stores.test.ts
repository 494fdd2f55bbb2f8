import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ageIdentity, decryptWith, recipientProblem } from "../../../cli/secrets/age";
import { ProjectSecrets } from "../../../cli/secrets/project-secrets";
import { UserSecrets } from "../../../cli/secrets/user-secrets";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-secrets-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const KEY_OF = { "01": "a".repeat(64), "02": "b".repeat(64) };
let places = 0;
const place = (): string => fs.mkdtempSync(path.join(folder, `${(places += 1)}-`));

describe("a developer's own secrets", () => {
  const store = (home = place(), key = KEY_OF["01"], id = "01") => new UserSecrets(home, id, key);

  it("come back as they were given, per key and per app", async () => {
    const secrets = store();
    const value = "line one\nZeile zwei: ü ✓\n";
    await secrets.set({ key: "stripe-key" }, value);
    await secrets.set({ key: "stripe-key", app: "shop" }, "of the shop");
    expect(secrets.get({ key: "stripe-key" })).toBe(value);
    expect(secrets.get({ key: "stripe-key", app: "shop" })).toBe("of the shop");
    expect(secrets.get({ key: "stripe-key", app: "ledger" })).toBeUndefined();
    expect(secrets.list()).toMatchObject([{ key: "stripe-key", app: "shop" }, { key: "stripe-key" }]);
  });

  it("are on the disk encrypted, each time otherwise, in a file that only the owner reads", async () => {
    const secrets = store();
    await secrets.set({ key: "token" }, "very-secret-value");
    const first = fs.readFileSync(secrets.file, "utf8");
    await secrets.set({ key: "token" }, "very-secret-value");
    const second = fs.readFileSync(secrets.file, "utf8");
    for (const text of [first, second]) {
      expect(text).not.toContain("very-secret");
      expect(text).not.toContain(Buffer.from("very-secret").toString("base64").slice(0, 12));
    }
    expect(sealedIn(first, "token")).not.toBe(sealedIn(second, "token"));
    expect(fs.statSync(secrets.file).mode & 0o777).toBe(0o600);
  });

  it("do not open with another key, under another name, or changed; the message says what to run", async () => {
    const home = place();
    const secrets = store(home);
    await secrets.set({ key: "token" }, "value");
    expect(() => store(home, KEY_OF["02"]).get({ key: "token" })).toThrow("berth secrets set token");
    const content = JSON.parse(fs.readFileSync(secrets.file, "utf8")) as { secrets: Record<string, unknown> };
    content.secrets.other = content.secrets.token;
    fs.writeFileSync(secrets.file, JSON.stringify(content));
    expect(() => secrets.get({ key: "other" })).toThrow("does not open");
    const bytes = Buffer.from(sealedIn(JSON.stringify(content), "token"), "base64");
    bytes[14]! ^= 1;
    content.secrets.token = { sealed: bytes.toString("base64"), changedAt: "" };
    fs.writeFileSync(secrets.file, JSON.stringify(content));
    expect(() => secrets.get({ key: "token" })).toThrow("does not open");
  });

  it("are removed, and a damaged file is told and not overwritten", async () => {
    const secrets = store();
    await secrets.set({ key: "token" }, "value");
    expect(await secrets.remove({ key: "token" })).toBe(true);
    expect(await secrets.remove({ key: "token" })).toBe(false);
    expect(secrets.list()).toEqual([]);
    fs.writeFileSync(secrets.file, '{"version":1,"secr');
    await expect(secrets.set({ key: "token" }, "value")).rejects.toThrow(`${secrets.file} is damaged`);
    expect(fs.readFileSync(secrets.file, "utf8")).toBe('{"version":1,"secr');
  });

  it("lose nothing when many are set at the same time", async () => {
    const secrets = store();
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    await Promise.all(keys.map((key) => secrets.set({ key }, `value of ${key}`)));
    for (const key of keys) expect(secrets.get({ key })).toBe(`value of ${key}`);
  });
});

describe("a project's secrets", () => {
  const store = async (workspace: string, id: keyof typeof KEY_OF) =>
    new ProjectSecrets(workspace, place(), id, await ageIdentity(KEY_OF[id]));

  it("are for whoever was let in, and for nobody else", async () => {
    const workspace = place();
    const [one, two] = [await store(workspace, "01"), await store(workspace, "02")];
    await one.set({ key: "api-token" }, "shared value");
    expect(await one.get({ key: "api-token" })).toBe("shared value");
    await expect(two.get({ key: "api-token" })).rejects.toThrow("berth secrets recipients add 02 age1");
    await expect(two.set({ key: "mine" }, "x")).rejects.toThrow("developer 02 is no recipient");

    await one.addRecipient("02", (await ageIdentity(KEY_OF["02"])).recipient);
    expect(await two.get({ key: "api-token" })).toBe("shared value");
    await two.set({ key: "second" }, "of 02");
    expect(await one.get({ key: "second" })).toBe("of 02");

    expect(await one.removeRecipient("02")).toBe(true);
    await expect(two.get({ key: "api-token" })).rejects.toThrow("does not open for developer 02");
    await expect(one.removeRecipient("01")).rejects.toThrow("cannot take yourself out");
    expect(fs.readFileSync(one.file, "utf8")).not.toContain("shared value");
  });

  it("show who cannot open one after a merge, and the next change mends it", async () => {
    const workspace = place();
    const one = await store(workspace, "01");
    await one.set({ key: "old" }, "value");
    const content = JSON.parse(fs.readFileSync(one.file, "utf8")) as { recipients: object };
    content.recipients = { ...content.recipients, "02": (await ageIdentity(KEY_OF["02"])).recipient };
    fs.writeFileSync(one.file, JSON.stringify(content));
    expect(one.list()).toMatchObject([{ key: "old", notFor: ["02"] }]);
    await one.set({ key: "new" }, "value");
    expect(one.list().map(({ notFor }) => notFor)).toEqual([[], []]);
    expect(await (await store(workspace, "02")).get({ key: "old" })).toBe("value");
  });

  it("cannot be moved under another key", async () => {
    const one = await store(place(), "01");
    await one.set({ key: "harmless" }, "a");
    const content = JSON.parse(fs.readFileSync(one.file, "utf8")) as { secrets: Record<string, unknown> };
    content.secrets.password = content.secrets.harmless;
    fs.writeFileSync(one.file, JSON.stringify(content));
    await expect(one.get({ key: "password" })).rejects.toThrow("was made as 'harmless'");
  });

  it("have a recipient for each developer that is the same after every onboarding", async () => {
    const [first, again, other] = await Promise.all([
      ageIdentity(KEY_OF["01"]),
      ageIdentity(KEY_OF["01"]),
      ageIdentity(KEY_OF["02"]),
    ]);
    expect(first).toEqual(again);
    expect(first.recipient).not.toBe(other.recipient);
    expect(await recipientProblem(first.recipient)).toBeUndefined();
    expect(await recipientProblem(first.recipient.slice(0, -1))).toContain("is no recipient");
    expect(await recipientProblem(first.identity)).toContain("is no recipient");
    await expect(decryptWith(other, "AAAA")).rejects.toThrow();
  });
});

function sealedIn(text: string, key: string): string {
  const { secrets } = JSON.parse(text) as { secrets: Record<string, { sealed: string }> };
  return secrets[key]?.sealed ?? "";
}
