import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { secretFilesFor } from "../../../cli/secrets/files";
import { projectSecrets, userSecrets, type SecretsOwner } from "../../../cli/secrets/open-stores";
import { parseManifest } from "../../../spec/app-manifest";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-secrets-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A developer with an empty home and an empty workspace. */
function owner(withKey = true): SecretsOwner {
  const place = fs.mkdtempSync(path.join(folder, "developer-"));
  const workspace = path.join(place, "workspace");
  fs.mkdirSync(workspace);
  const facts = {
    dockerEndpoint: "tcp://localhost:2376",
    secretsEncryption: "c".repeat(64),
    sharedSecrets: "",
    thresholds: { offeredFromDays: 10, warnFromDays: 14, mustRenewUnderDays: 3 },
  };
  const identity = {
    ...{ keyPem: "", certPem: "", caPem: "", folder: place, problem: undefined },
    facts: withKey ? facts : undefined,
  };
  return { home: place, devId: "01", identity, settings: { workspaceRoot: { value: workspace } } };
}

const app = (...secrets: string[]) => ({
  name: "shop",
  manifest: parseManifest(
    `name: shop\nlanguage: typescript\nport: 3000\nsecrets: ${JSON.stringify(secrets)}\n`,
    "berth.yaml",
  ),
});

describe("the secret files of an app", () => {
  it("are those that its berth.yaml names, sorted, under the folder that containers know", async () => {
    const developer = owner();
    await userSecrets(developer).set({ key: "stripe-key" }, "sk_1");
    await userSecrets(developer).set({ key: "unused" }, "never");
    await userSecrets(developer).set({ key: "api.token" }, "t\n");
    expect(await secretFilesFor(developer, app("stripe-key", "api.token"))).toEqual([
      { path: "/run/secrets/berth/api.token", content: "t\n" },
      { path: "/run/secrets/berth/stripe-key", content: "sk_1" },
    ]);
    expect(await secretFilesFor(developer, app())).toEqual([]);
  });

  it("take the developer's own before the project's, and the app's before everybody's", async () => {
    const developer = owner();
    const value = async (): Promise<string | undefined> =>
      (await secretFilesFor(developer, app("token")))[0]?.content;
    const own = userSecrets(developer);
    const { secrets: project } = await projectSecrets(developer);
    await project.set({ key: "token" }, "project");
    expect(await value()).toBe("project");
    await project.set({ key: "token", app: "shop" }, "project, shop");
    expect(await value()).toBe("project, shop");
    await own.set({ key: "token" }, "own");
    expect(await value()).toBe("own");
    await own.set({ key: "token", app: "shop" }, "own, shop");
    await own.set({ key: "token", app: "ledger" }, "own, ledger");
    expect(await value()).toBe("own, shop");
  });

  it("name every missing one with its command", async () => {
    await expect(secretFilesFor(owner(), app("one", "two"))).rejects.toThrow(
      "without a value: one, two. Give it with: berth secrets set one && berth secrets set two",
    );
  });

  it("need the key that comes with the identity", async () => {
    await expect(secretFilesFor(owner(false), app("one"))).rejects.toThrow("berth dev renew");
  });
});
