import Docker from "dockerode";
import { randomBytes } from "node:crypto";
import { listEngine } from "../support/engine-listing";
import { makeRawStack, type RawStack } from "./raw-stack";

const DIGEST = `registry.example/shop@sha256:${"a".repeat(64)}`;

/** A container that keeps every rule, as the text of a program; with changes, that breaks some. */
function container(changes: string, image = DIGEST): string {
  return `new docker.Container("raw", { name: "btest-raw", image: "${image}", networkMode: "btest-network",
    memory: 64, memorySwap: 64, capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges"], ${changes} });`;
}

function certificate(validityHours: number): string {
  return `const key = new tls.PrivateKey("key", { algorithm: "ECDSA" });
    const request = new tls.CertRequest("request", { privateKeyPem: key.privateKeyPem, subject: { commonName: "01" } });
    new tls.LocallySignedCert("raw", { certRequestPem: request.certRequestPem, caCertPem: "none", caPrivateKeyPem: key.privateKeyPem,
      allowedUses: ["digital_signature", "client_auth"], validityPeriodHours: ${validityHours} });`;
}

let stack: RawStack;
beforeAll(async () => {
  stack = await makeRawStack(["dev", "tst", "pro", "somewhere"]);
});
afterAll(() => stack.remove());

describe("raw resources that bypass the components are refused by name", () => {
  it.each([
    ["a privileged container", "dev", container("privileged: true"), "no-privileged"],
    [
      "the engine's socket in an app",
      "dev",
      container(
        `mounts: [{ type: "bind", source: "/var/run/docker.sock", target: "/engine.sock", readOnly: true }]`,
      ),
      "docker-socket",
    ],
    ["the host's network", "dev", container("").replace("btest-network", "host"), "host-namespaces"],
    ["a tag in pro", "pro", container("", "shop:1.2"), "image-by-digest"],
    ["an id in pro that nothing pulled", "pro", container("", `sha256:${"a".repeat(64)}`), "image-origin"],
    ["a tag in a stack that is no environment", "somewhere", container("", "shop:1.2"), "image-by-digest"],
    [
      "a build in pro",
      "pro",
      `new docker.Image("raw", { imageName: "btest-raw", build: { context: "." }, skipPush: true, buildOnPreview: false });`,
      "no-builds",
    ],
    ["a client certificate of ten years", "dev", certificate(87_600), "certificate-life"],
    [
      "docker run as a local command",
      "dev",
      `new command.local.Command("raw", { create: "docker run --privileged shop" });`,
      "own-commands-only",
    ],
    [
      "a command on another machine",
      "dev",
      `new command.remote.Command("raw", { create: "true", connection: { host: "host.example" } });`,
      "known-types-only",
    ],
    [
      "a volume that is a path of the host",
      "dev",
      `new docker.Volume("raw", { name: "btest-raw", driverOpts: { type: "none", o: "bind", device: "/etc" } });`,
      "host-paths",
    ],
    [
      "a network without a subnet",
      "dev",
      `new docker.Network("raw", { name: "btest-raw" });`,
      "network-subnet",
    ],
  ])(
    "%s",
    async (_, environment, program, rule) => {
      const { exitCode, output } = await stack.preview(environment, program);
      expect(output).toMatch(new RegExp(`\\[mandatory\\] +${rule} +\\(.*: raw\\)`));
      expect(exitCode).not.toBe(0);
    },
    120_000,
  );
});

describe("raw resources that keep the rules pass", () => {
  it("a hardened container that runs what the stack pulls by digest, its network, a short certificate, our provisioner", async () => {
    const { exitCode, output } = await stack.preview(
      "pro",
      `const image = new docker.RemoteImage("image", { name: "${DIGEST}", keepLocally: true });
      const network = new docker.Network("net", { name: "btest-network", driver: "bridge", ipamConfigs: [{ subnet: "10.1.2.0/24" }] });
      ${container("").replace(`"${DIGEST}"`, "image.imageId").replace(`"btest-network"`, "network.name")}
      ${certificate(720)}
      new command.local.Command("step", { create: "node .berth/build/provision.js settle --container btest-raw --limit 64" });`,
    );
    expect(output).not.toContain("[mandatory]");
    expect(output).toContain("berth@v1.0.0");
    expect(exitCode).toBe(0);
  });
});

describe("what a preview cannot know", () => {
  it("is named as judged later, and stops nothing", async () => {
    const { exitCode, output } = await stack.preview(
      "tst",
      `const key = new tls.PrivateKey("key", { algorithm: "ECDSA" });
      ${container("").replace(`"${DIGEST}"`, "key.publicKeyFingerprintSha256")}`,
    );
    expect(output).toMatch(/\[advisory\].*judged-at-up/);
    expect(output).toContain("image is not known yet: up judges it by image-by-digest");
    expect(exitCode).toBe(0);
  });
});

describe("an up without a preview", () => {
  const name = `btest-${randomBytes(4).toString("hex")}`;
  afterAll(async () => {
    for (const network of (await listEngine(name)).networks) await new Docker().getNetwork(network).remove();
  });

  it("takes the pack from PULUMI_OPTION_POLICY_PACK, and creates nothing that is refused", async () => {
    const { exitCode, output } = await stack.up("dev", `new docker.Network("raw", { name: "${name}" });`);
    expect(output).toMatch(/\[mandatory\] +network-subnet +\(.*: raw\)/);
    expect(exitCode).not.toBe(0);
    expect((await listEngine(name)).networks).toEqual([]);
  });
});
