import * as fs from "node:fs";
import {
  askRegistry,
  dockerConfigFolder,
  issueCertificate,
  REGISTRY_FOLDER,
  REGISTRY_PASSWORD,
  registrySecrets,
  startRegistry,
} from "../support/tls-registry";
import { Workbench, type CommandResult } from "../support/workbench";

const bench = new Workbench();
const certificate = issueCertificate();
let image: string;
let container: string;
let address: string;

beforeAll(async () => {
  image = await bench.build("images/registry");
  ({ container, address } = await startRegistry(bench, image, certificate));
});
afterAll(() => bench.dispose());

const ask = (path: string, password?: string) =>
  askRegistry(`https://${address}${path}`, certificate.caPem, { password });

/** The docker command with a login for the registry. */
async function dockerAs(password: string, ...args: string[]): Promise<CommandResult> {
  const config = dockerConfigFolder(address, password);
  try {
    return await bench.docker(["--config", config, ...args]);
  } finally {
    fs.rmSync(config, { recursive: true });
  }
}

/** Pushes the registry's own image into the registry, under a name that only this test uses; returns its digest. */
async function push(name: string, password = REGISTRY_PASSWORD): Promise<CommandResult & { digest: string }> {
  await bench.docker(["tag", image, `${address}/${name}`]);
  const result = await dockerAs(password, "push", `${address}/${name}`);
  await bench.docker(["rmi", `${address}/${name}`]);
  return { ...result, digest: /digest: (sha256:[0-9a-f]{64})/.exec(result.stdout)?.[1] ?? "" };
}

describe("the registry image", () => {
  it("is healthy without any capability and as its own user", async () => {
    const { stdout } = await bench.exec(container, ["cat", "/proc/1/status"]);
    expect(stdout).toMatch(/^Uid:\s+5000/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    expect((await bench.exec(container, ["docker-registry", "--version"])).stdout).toContain(" 2.8");
  });

  it("takes and gives an image by its digest, over TLS that the CA vouches for", async () => {
    const { digest } = await push("btest/app:v1");
    expect(digest).toMatch(/^sha256:/);
    expect(await ask(`/v2/btest/app/manifests/v1`, REGISTRY_PASSWORD)).toMatchObject({ status: 200, digest });
    const byDigest = `${address}/btest/app@${digest}`;
    expect((await dockerAs(REGISTRY_PASSWORD, "pull", byDigest)).stdout).toContain(digest);
    expect((await bench.docker(["rmi", byDigest])).exitCode).toBe(0);
    // The same image again is the same digest.
    expect((await push("btest/app:v2")).digest).toBe(digest);
  });

  it.each(["/v2/", "/v2/_catalog", "/v2/btest/app/manifests/v1"])(
    "answers 401 to %s without the password and with a wrong one",
    async (path) => {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, "wrong")).status).toBe(401);
      expect((await ask(path, "")).status).toBe(401);
    },
  );

  it("takes no image with a wrong password", async () => {
    expect(await push("btest/refused:v1", "wrong")).toMatchObject({ exitCode: 1, digest: "" });
    expect((await ask("/v2/btest/refused/tags/list", REGISTRY_PASSWORD)).status).toBe(404);
  });

  it("speaks neither plain HTTP nor TLS older than 1.2", async () => {
    expect((await fetch(`http://${address}/v2/`)).status).toBe(400);
    const url = `https://${address}/v2/`;
    expect((await askRegistry(url, certificate.caPem, { maxVersion: "TLSv1.2" })).status).toBe(401);
    await expect(askRegistry(url, certificate.caPem, { maxVersion: "TLSv1.1" })).rejects.toThrow(/version/);
  });

  it("keeps images over a restart and stops fast", async () => {
    const { digest } = await push("btest/kept:v1");
    const { exitCode, seconds } = await bench.stop(container);
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(5);
    await bench.docker(["start", container]);
    await bench.waitUntilHealthy(container);
    address = `127.0.0.1:${await bench.port(container, 5000)}`;
    expect((await ask(`/v2/btest/kept/manifests/${digest}`, REGISTRY_PASSWORD)).status).toBe(200);
  });

  it("keeps password and hash off its volume, and out of arguments and logs", async () => {
    const search = await bench.exec(container, [
      "grep",
      "-r",
      "-e",
      REGISTRY_PASSWORD,
      "-e",
      "[$]2y[$]",
      REGISTRY_FOLDER,
    ]);
    expect(search.stdout).toBe("");
    expect((await bench.exec(container, ["cat", "/proc/1/cmdline"])).stdout).not.toContain(REGISTRY_PASSWORD);
    expect(await bench.logs(container)).not.toContain(REGISTRY_PASSWORD);
  });

  it("logs nothing while its health is checked", async () => {
    const before = await bench.logs(container);
    await bench.waitUntilHealthy(container);
    expect(await bench.logs(container)).toBe(before);
  });

  it("is unhealthy with an expired certificate", async () => {
    const expired = await bench.start("expired", image, {
      secrets: registrySecrets(issueCertificate({ days: -1 })),
    });
    const health = await bench.exec(expired, ["berth-health"]);
    expect(health).toMatchObject({ exitCode: 1 });
    expect(health.stdout).toContain("certificate has expired");
  });

  it("is unhealthy when it answers without a login", async () => {
    // The image's own configuration without its last part, which is the login.
    const open = await bench.start("open", image, {
      secrets: registrySecrets(certificate),
      entrypoint: "/bin/sh",
      command: [
        "-c",
        "sed '/^auth:/,$d' /etc/berth/registry.yml >/tmp/open.yml; exec docker-registry serve /tmp/open.yml",
      ],
    });
    await expect(bench.waitUntilHealthy(open, 3_000)).rejects.toThrow("answers without a login");
  });

  const secrets = registrySecrets(certificate);
  const other = registrySecrets(issueCertificate());
  it.each([
    ["no certificate", { "registry-cert.pem": undefined }, "registry-cert.pem", "is missing"],
    ["a damaged certificate", { "registry-cert.pem": "nonsense" }, "registry-cert.pem", "no certificate"],
    ["no key", { "registry-key.pem": undefined }, "registry-key.pem", "is missing"],
    ["a damaged key", { "registry-key.pem": "nonsense" }, "registry-key.pem", "no private key"],
    [
      "another certificate's key",
      { "registry-key.pem": other["registry-key.pem"] },
      "registry-key.pem",
      "not the key",
    ],
    ["no password", { "registry-password": undefined }, "registry-password", "is missing"],
    ["an empty password", { "registry-password": "" }, "registry-password", "is empty"],
    ["a password of two words", { "registry-password": "one two" }, "registry-password", "spaces"],
    ["a password too long for bcrypt", { "registry-password": "x".repeat(73) }, "registry-password", "72"],
  ])("says what to do with %s", async (what, changed, file, message) => {
    const given = Object.entries({ ...secrets, ...changed }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const wrong = await bench.start(what.replace(/\W/g, "-"), image, { secrets: Object.fromEntries(given) });
    expect(await bench.exitCode(wrong)).toBe(1);
    const log = await bench.logs(wrong);
    expect(log).toContain(`/run/secrets/berth/${file}`);
    expect(log).toContain(message);
  });
});
