import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { DEFAULT_THRESHOLDS } from "../../cli/server/answer";
import { secretsOf, type SecretSources } from "../../config/app-secrets";
import { projectSecretReader } from "../../config/project-secrets";
import { ageIdentity } from "../../cli/secrets/age";
import { ProjectSecrets } from "../../cli/secrets/project-secrets";

const shop = { name: "shop", secrets: ["stripe-key", "api-token"] };

function sources(changes: Partial<SecretSources> = {}): SecretSources {
  const project: SecretSources["project"] = ({ key }) => Promise.resolve({ value: `${key} of the project` });
  return { environment: "tst", configured: {}, project, ...changes };
}

describe("the secrets of an environment's app", () => {
  it("are the config's, for this app alone before those for all, then the project's", async () => {
    const configured = { "stripe-key": "of all", "shop/stripe-key": "of the shop", "other/api-token": "no" };
    expect(await secretsOf(shop, sources({ configured }))).toEqual({
      values: { "stripe-key": "of the shop", "api-token": "api-token of the project" },
    });
  });

  it("are nothing that the app does not name", async () => {
    expect(await secretsOf({ name: "shop", secrets: [] }, sources({ configured: { a: "1" } }))).toEqual({
      values: {},
    });
  });

  it("take nothing of the project in pro, where developers' secrets are no secrets", async () => {
    const configured = { "api-token": "of pro" };
    const { values, problem } = await secretsOf(shop, sources({ environment: "pro", configured }));
    expect(values).toEqual({ "api-token": "of pro" });
    expect(problem).toContain("app 'shop' asks for a secret without a value in pro: stripe-key.");
    expect(problem).toContain(
      `eval "$(make -s env ENV=pro)" && pulumi config set --secret --path 'berth:appSecrets["stripe-key"]' --stack pro`,
    );
    expect(problem).not.toContain("--project");
  });

  it("that are missing are named together, with each command and why the project's do not open", async () => {
    const project = (): Promise<{ problem: string }> => Promise.resolve({ problem: "it is not opened" });
    const { problem } = await secretsOf(shop, sources({ project }));
    expect(problem).toContain("asks for secrets without a value in tst: api-token, stripe-key");
    expect(problem).toContain(
      "berth secrets set api-token --project && berth secrets set stripe-key --project",
    );
    expect(problem).toContain("(it is not opened)");
  });
});

describe("the project's secrets, opened for a stack", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-secrets-"));
  const home = path.join(folder, "home");
  const environment = { ...process.env };
  beforeAll(async () => {
    fs.mkdirSync(home);
    const own = await ageIdentity("key of ci1");
    await new ProjectSecrets(folder, home, "ci1", own).set({ key: "stripe-key" }, "sk_test");
  });
  beforeEach(() => Object.assign(process.env, { BERTH_HOME: home, BERTH_DEV_ID: "ci1" }));
  afterEach(() => {
    process.env = { ...environment };
  });
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const identity = (secretsEncryption: string): void => {
    const certificates = path.join(home, "certs", "ci1");
    fs.mkdirSync(certificates, { recursive: true });
    const facts = {
      secretsEncryption,
      sharedSecrets: "",
      dockerEndpoint: "tcp://localhost:1",
      thresholds: DEFAULT_THRESHOLDS,
    };
    fs.writeFileSync(path.join(certificates, "server.json"), JSON.stringify(facts));
  };
  const read = projectSecretReader(folder);

  it("are nothing where the project has none", async () => {
    expect(await projectSecretReader(home)({ app: "shop", key: "stripe-key" })).toEqual({});
  });

  it("are not opened without an identity, nor with another's; that is said", async () => {
    expect((await read({ app: "shop", key: "stripe-key" })).problem).toContain("without an identity in");
    identity("another key");
    expect((await read({ app: "shop", key: "stripe-key" })).problem).toContain(
      "does not open for developer ci1",
    );
  });

  it("open with the identity that they are for", async () => {
    identity("key of ci1");
    expect(await read({ app: "shop", key: "stripe-key" })).toEqual({ value: "sk_test" });
    expect(await read({ app: "shop", key: "other" })).toEqual({ value: undefined });
  });
});
