import { ask, type Answer } from "./https";
import { Lab } from "./lab";
import { quickRequest } from "./request-builder";

const SECRETS = "/run/secrets/berth";

let lab: Lab;
let image: string;
let network: string;
beforeAll(async () => {
  lab = await Lab.start();
  image = await lab.bench.build("images/onboarding");
  network = await lab.bench.network();
  await lab.bench.docker(["network", "connect", network, lab.postgres]);
});
afterAll(() => lab.dispose());

function start(
  suffix: string,
  settings: object | undefined,
  secrets: Record<string, string>,
): Promise<string> {
  const files: Record<string, string> =
    settings === undefined ? {} : { "../../berth/onboarding.json": JSON.stringify(settings) };
  return lab.bench.start(suffix, image, { network, publish: 8443, secrets: { ...secrets, ...files } });
}

function settings(): object {
  return {
    serverCertFile: `${SECRETS}/server-cert.pem`,
    serverKeyFile: `${SECRETS}/server-key.pem`,
    rootCertFile: `${SECRETS}/root-cert.pem`,
    issuingCertFile: `${SECRETS}/issuing-cert.pem`,
    issuingKeyFile: `${SECRETS}/issuing-key.pem`,
    dockerEndpoint: "tcp://localhost:2376",
    database: { host: lab.postgres, passwordFile: `${SECRETS}/database-password` },
    pinKeyFile: `${SECRETS}/pin-key`,
    secretsKeyFile: `${SECRETS}/secrets-key`,
  };
}

function secrets(): Record<string, string> {
  return {
    "server-cert.pem": lab.authority.serverCertPem,
    "server-key.pem": lab.authority.serverKeyPem,
    "root-cert.pem": lab.authority.rootPem,
    "issuing-cert.pem": lab.authority.issuingPem,
    "issuing-key.pem": lab.authority.issuingKeyPem,
    "database-password": "onboarding-password",
    "pin-key": "canary-pin-key-0123456789-0123456789",
    "secrets-key": "cafe".repeat(16),
  };
}

function without(name: string, all: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));
}

describe("the onboarding image", () => {
  it("onboards a developer with the operator's command inside it, and shows no secret", async () => {
    const container = await start("onboarding", settings(), secrets());
    await lab.bench.waitUntilHealthy(container);
    const status = await lab.bench.exec(container, ["cat", "/proc/1/status"]);
    expect(status.stdout).toMatch(/^Uid:\s+8443/m);
    expect(status.stdout).toMatch(/^CapEff:\s+0+$/m);

    const created = await lab.bench.exec(container, [
      "berth-admin",
      "pin",
      "create",
      "--dev-id",
      "01",
      "--json",
    ]);
    const { pin } = JSON.parse(created.stdout) as { pin: string };
    const url = `https://127.0.0.1:${await lab.bench.port(container, 8443)}`;
    const { csrPem, keyPem } = quickRequest();
    const post = (
      route: string,
      json: object,
      identity?: { certPem: string; keyPem: string },
    ): Promise<Answer> => ask(url + route, { caPem: lab.authority.rootPem, json, identity });
    const answer = await post("/api/dev/issue-cert", { devId: "01", pin, csr: csrPem });
    expect(answer.status).toBe(200);
    const identity = { certPem: String(answer.json.clientCert), keyPem };
    expect((await post("/api/dev/renew-cert", { csr: quickRequest().csrPem }, identity)).status).toBe(200);
    expect((await lab.bench.exec(container, ["berth-admin", "list"])).stdout).toMatch(
      /01\s+developer\s+2\s+\S+\s+valid/,
    );

    const inspected = await lab.bench.docker(["inspect", container]);
    const history = await lab.bench.docker(["history", "--no-trunc", image]);
    const commands = await lab.bench.exec(container, [
      "sh",
      "-c",
      "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ",
    ]);
    const shown =
      [inspected, history, commands].map(({ stdout }) => stdout).join() + (await lab.bench.logs(container));
    const key = lab.authority.issuingKeyPem.split("\n")[1] ?? "";
    for (const secret of [...Object.values(secrets()).slice(-3), pin, key]) {
      for (const form of [
        secret,
        Buffer.from(secret).toString("base64"),
        Buffer.from(secret).toString("hex"),
      ]) {
        expect(shown).not.toContain(form);
      }
    }
    const { exitCode, seconds } = await lab.bench.stop(container);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(8);
  });

  it.each<[string, (all: Record<string, string>) => Record<string, string>, RegExp]>([
    ["without its own key", (all) => without("pin-key", all), /pinKeyFile .*ENOENT/],
    ["with an empty key", (all) => ({ ...all, "pin-key": "" }), /pinKeyFile .* is empty/],
    [
      "with the wrong key",
      (all) => ({ ...all, "issuing-key.pem": all["server-key.pem"] ?? "" }),
      /not the key of its certificate/,
    ],
    [
      "with another root",
      (all) => ({ ...all, "root-cert.pem": all["server-cert.pem"] ?? "" }),
      /no CA that the root/,
    ],
    [
      "with a base key that is no hex",
      (all) => ({ ...all, "secrets-key": "x".repeat(64) }),
      /64 hex characters/,
    ],
  ])("ends and says what is wrong %s", async (what, change, message) => {
    const container = await start(what.replaceAll(/\W/g, "-"), settings(), change(secrets()));
    expect(await lab.bench.exitCode(container)).toBe(1);
    expect(await lab.bench.logs(container)).toMatch(message);
  });

  it("ends and says what is wrong without its settings", async () => {
    const container = await start("no-settings", undefined, {});
    expect(await lab.bench.exitCode(container)).toBe(1);
    expect(await lab.bench.logs(container)).toContain("/run/berth/onboarding.json");
  });

  it("is unhealthy, and says so, while its database is away", async () => {
    const away = {
      ...settings(),
      database: { host: "nowhere.invalid", passwordFile: `${SECRETS}/database-password` },
    };
    const container = await start("away", away, secrets());
    let health = await lab.bench.exec(container, ["berth-health"]);
    for (let round = 0; round < 40 && !health.stdout.includes("cannot be reached"); round++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      health = await lab.bench.exec(container, ["berth-health"]);
    }
    expect(health).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("cannot be reached") as unknown,
    });
  });
});
