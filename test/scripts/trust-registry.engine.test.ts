import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Registry } from "../../scripts/promote-parts/registry";
import { CERTS_FOLDER, trustRegistry } from "../../scripts/promote-parts/trust";
import {
  dockerConfigFolder,
  issueCertificate,
  REGISTRY_PASSWORD,
  registrySecrets,
} from "../support/tls-registry";
import { Workbench } from "../support/workbench";

const bench = new Workbench();
const written: string[] = [];
let registry: Registry;
let login: string;

beforeAll(async () => {
  const image = await bench.build("images/registry");
  const network = await bench.network();
  // Not on the loopback interface, where engines verify nothing: the first address that the network gives.
  const { stdout } = await bench.docker([
    "network",
    "inspect",
    "--format",
    "{{(index .IPAM.Config 0).Gateway}}",
    network,
  ]);
  const ip = stdout.trim().replace(/\.1$/, ".2");
  const certificate = issueCertificate({ ip });
  const container = await bench.start("registry", image, { network, secrets: registrySecrets(certificate) });
  await bench.waitUntilHealthy(container);
  registry = {
    address: `${ip}:5000`,
    login: { username: "berth", password: REGISTRY_PASSWORD },
    caPem: certificate.caPem,
  };
  login = dockerConfigFolder(registry.address);
});
afterAll(async () => {
  for (const folder of written) fs.rmSync(folder, { recursive: true, force: true });
  fs.rmSync(login, { recursive: true });
  await bench.dispose();
});

const docker = (...args: string[]) => bench.docker(["--config", login, ...args]);

describe("make trust-registry", () => {
  it("lets the engine verify a registry that it refused before, without a restart", async () => {
    written.push(path.join(CERTS_FOLDER, registry.address));
    const name = `${registry.address}/btest/trusted:v1`;
    await bench.docker(["tag", `${bench.prefix}-registry`, name]);
    const refused = await docker("push", name);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/x509|certificate/);

    expect(trustRegistry(registry)).toContain(`now verifies ${registry.address}`);
    const pushed = await docker("push", name);
    await bench.docker(["rmi", name]);
    expect(pushed).toMatchObject({ exitCode: 0 });
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(pushed.stdout)?.[1] ?? "";
    const byDigest = name.replace(/:v1$/, `@${digest}`);
    expect(await docker("pull", "--quiet", byDigest)).toMatchObject({ exitCode: 0 });
    await bench.docker(["rmi", byDigest]);
  });

  it("trusts no other CA under the same address", async () => {
    written.push(path.join(CERTS_FOLDER, registry.address));
    trustRegistry({ ...registry, caPem: issueCertificate().caPem });
    const pulled = await docker("pull", "--quiet", `${registry.address}/btest/trusted:v1`);
    expect(pulled.exitCode).toBe(1);
    expect(pulled.stderr).toMatch(/x509|certificate/);
  });

  it("says so when the CA is there already", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-certs-"));
    written.push(folder);
    trustRegistry(registry, folder);
    expect(fs.readFileSync(path.join(folder, registry.address, "ca.crt"), "utf8")).toBe(registry.caPem);
    expect(trustRegistry(registry, folder)).toContain("holds the CA already");
  });

  it.each(["localhost:5443", "127.0.0.1:5443", "[::1]:5443"])("has nothing to do for %s", (address) => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-certs-"));
    written.push(folder);
    expect(trustRegistry({ ...registry, address }, folder)).toContain("loopback");
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("says who must run it where the folder cannot be written, and of whom to ask another registry's CA", () => {
    expect(() => trustRegistry(registry, __filename)).toThrow("as root on the engine's host");
    expect(() => trustRegistry({ address: "name.azurecr.io" })).toThrow("its own operator gives one");
  });
});
