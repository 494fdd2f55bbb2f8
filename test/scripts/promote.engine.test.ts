import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { connect, type Engine } from "../../plugins/docker/engine/client";
import { RegistryCredentials } from "../../plugins/docker/engine/registry-auth";
import { ConfigFile, type ImageUser } from "../../scripts/lib/config-file";
import { promote, type Promoted } from "../../scripts/promote-parts/promote";
import type { Registry } from "../../scripts/promote-parts/registry";
import type { Scope } from "../../spec/names";
import { Lab } from "../plugins/docker/support/lab";
import { makeProject, sampleManifest } from "../support/sample-project";
import { askRegistry, issueCertificate, REGISTRY_PASSWORD, startRegistry } from "../support/tls-registry";
import { Workbench } from "../support/workbench";

const bench = new Workbench();
const lab = new Lab();
const certificate = issueCertificate();
const scope: Scope = { prefix: lab.prefix, environment: "dev" };
const shop: ImageUser = { kind: "app", name: "shop", path: "apps/shop" };
const redis: ImageUser = { kind: "service", name: "redis" };
const localShop = `${lab.prefix}-shop:dev-shared-latest`;
const localRedis = `${lab.prefix}-dev-redis:latest`;

let registry: Registry;
let engine: Engine;
let folder: string;

beforeAll(async () => {
  const { address } = await startRegistry(bench, await bench.build("images/registry"), certificate);
  const login = { username: "berth", password: REGISTRY_PASSWORD };
  registry = { address, login, caPem: certificate.caPem };
  engine = await connect({
    host: "unix:///var/run/docker.sock",
    skipCheck: false,
    credentials: new RegistryCredentials([{ address, ...login }]),
  });
});
beforeEach(() => {
  folder = makeProject({
    "Pulumi.tst.yaml": "# Tests.\nconfig:\n  berth:environment: tst\n",
    "Pulumi.pro.yaml": "config:\n  berth:environment: pro\n",
    "apps/shop/berth.yaml": sampleManifest("shop"),
  });
});
afterEach(() => fs.rmSync(folder, { recursive: true }));
afterAll(async () => {
  await lab.dispose();
  await bench.dispose();
});

/** Another image under a local name, as a build leaves one; returns its id. */
async function build(name: string): Promise<string> {
  const made = await lab.importImage(`build-${Math.random().toString(36).slice(2)}`);
  await bench.docker(["tag", made, name]);
  await bench.docker(["rmi", made]);
  return (await lab.docker.getImage(name).inspect()).Id;
}

function promoteTo(
  to: "tst" | "pro",
  users: ImageUser[],
  given: Partial<Registry> = {},
): Promise<Promoted[]> {
  return promote({
    ...{ to, users, engine, scope, tag: "latest", projectFolder: folder },
    registry: { ...registry, ...given },
  });
}
const text = (environment: string): string =>
  fs.readFileSync(path.join(folder, `Pulumi.${environment}.yaml`), "utf8");
const images = (environment: "tst" | "pro", user: ImageUser) =>
  ConfigFile.read(environment, folder).images(user);

/** The id of the image that a digest stands for, as the registry has it. */
async function idInRegistry(reference: string): Promise<string> {
  const [, repository, digest] = /^[^/]+\/(.+)@(.+)$/.exec(reference) ?? [];
  const url = `https://${registry.address}/v2/${repository}/manifests/${digest}`;
  const answer = await askRegistry(url, certificate.caPem, { password: REGISTRY_PASSWORD });
  expect(answer).toMatchObject({ status: 200, digest });
  return (JSON.parse(answer.body) as { config: { digest: string } }).config.digest;
}

describe("a promotion to tst", () => {
  it("brings the very image into the registry, and its digest into the config file", async () => {
    const id = await build(localShop);
    const [promoted] = await promoteTo("tst", [shop]);
    expect(promoted?.image).toMatch(
      new RegExp(`^${registry.address}/${lab.prefix}-shop@sha256:[0-9a-f]{64}$`),
    );
    expect(promoted).toMatchObject({ changed: true, previousImage: undefined });
    expect(await idInRegistry(promoted?.image ?? "")).toBe(id);
    expect(images("tst", shop)).toEqual({ image: promoted?.image, previousImage: undefined });
    expect(text("tst")).toMatch(/^# Tests\.\n/);
  });

  it("of the same image changes nothing", async () => {
    await build(localShop);
    await promoteTo("tst", [shop]);
    const before = text("tst");
    expect((await promoteTo("tst", [shop]))[0]?.changed).toBe(false);
    expect(text("tst")).toBe(before);
  });

  it("of a newer image remembers the one before", async () => {
    await build(localShop);
    const [first] = await promoteTo("tst", [shop]);
    await build(localShop);
    const [second] = await promoteTo("tst", [shop]);
    expect(second?.image).not.toBe(first?.image);
    expect(images("tst", shop)).toEqual({ image: second?.image, previousImage: first?.image });
  });

  it("leaves no name of the registry on the engine, so that the next up really pulls", async () => {
    await build(localShop);
    const [promoted] = await promoteTo("tst", [shop]);
    const { RepoTags, RepoDigests } = await lab.docker.getImage(localShop).inspect();
    expect(RepoTags).toEqual([localShop]);
    expect(RepoDigests).not.toContain(promoted?.image);
  });

  it("records nothing when one of several images was not built, and says how to build it", async () => {
    await build(localRedis);
    await bench.docker(["rmi", localShop]);
    const before = text("tst");
    await expect(promoteTo("tst", [redis, shop])).rejects.toThrow(
      `there is no image ${localShop} at unix:///var/run/docker.sock: run 'make build APP=shop' first`,
    );
    expect(text("tst")).toBe(before);
  });

  it("names a registry that nobody listens at", async () => {
    await build(localShop);
    const before = text("tst");
    await expect(promoteTo("tst", [shop], { address: "127.0.0.1:1" })).rejects.toThrow(
      /registry 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*make up ENV=dev/,
    );
    expect(text("tst")).toBe(before);
  });

  it("gives up on a registry that takes the connection and says nothing", async () => {
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = `127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    await expect(promoteTo("tst", [shop], { address })).rejects.toThrow(
      `registry ${address} cannot be used: no answer within 10 s`,
    );
    silent.close();
  });

  it("says what to do about a wrong password, without telling it", async () => {
    const login = { username: "berth", password: "not-the-password" };
    const refusal: unknown = await promoteTo("tst", [shop], { login }).catch((error: unknown) => error);
    expect(String(refusal)).toMatch(/does not accept the login "berth"\. Run 'make up ENV=dev'/);
    expect(String(refusal)).not.toContain("not-the-password");
  });

  it("sends nothing to a registry whose certificate another CA made", async () => {
    await expect(promoteTo("tst", [shop], { caPem: issueCertificate().caPem })).rejects.toThrow(
      /cannot be used: .*not of the dev stack's CA/,
    );
  });
});

describe("a promotion to pro", () => {
  it("takes exactly what tst runs, whatever was built since", async () => {
    await build(localShop);
    await build(localRedis);
    const tested = await promoteTo("tst", [shop, redis]);
    await build(localShop);
    await build(localRedis);
    const promoted = await promoteTo("pro", [shop, redis]);
    expect(promoted.map(({ image }) => image)).toEqual(tested.map(({ image }) => image));
    expect(images("pro", redis).image).toBe(images("tst", redis).image);
  });

  it("pushes an image that tst runs by its id", async () => {
    const id = await build(localShop);
    const file = ConfigFile.read("tst", folder);
    file.setImages(shop, { image: id });
    file.write();
    await build(localShop);
    const [promoted] = await promoteTo("pro", [shop]);
    expect(await idInRegistry(promoted?.image ?? "")).toBe(id);
    // It has no other name any more, and tst still runs it.
    expect((await lab.docker.getImage(id).inspect()).Id).toBe(id);
  });

  it("takes tst's image to another registry under the same digest", async () => {
    await build(localShop);
    const [tested] = await promoteTo("tst", [shop]);
    const { address } = await startRegistry(bench, `${bench.prefix}-registry`, certificate, "another");
    const [promoted] = await promoteTo("pro", [shop], { address });
    expect(promoted?.image.split("@")[1]).toBe(tested?.image.split("@")[1]);
    expect(promoted?.image).toContain(`${address}/`);
    await lab.docker.getImage(tested?.image ?? "").remove();
  });

  it("takes dev's proxy where tst uses that one and has no image of its own", async () => {
    const proxy: ImageUser = { kind: "service", name: "proxy" };
    const config = "config:\n  berth:environment: tst\n  berth:host:\n    stack: dev\n";
    fs.writeFileSync(path.join(folder, "Pulumi.tst.yaml"), config);
    const id = await build(`${lab.prefix}-dev-proxy:latest`);
    const [promoted] = await promoteTo("pro", [proxy]);
    expect(await idInRegistry(promoted?.image ?? "")).toBe(id);
    expect(images("pro", proxy).image).toBe(promoted?.image);
    expect(text("tst")).toBe(config);
  });

  it("says what to do where tst runs nothing yet", async () => {
    await expect(promoteTo("pro", [shop])).rejects.toThrow("run 'make promote APP=shop TO=tst' first");
    expect(text("pro")).toBe("config:\n  berth:environment: pro\n");
  });

  it("says what to do about an id that this engine does not have", async () => {
    const file = ConfigFile.read("tst", folder);
    file.setImages(shop, { image: `sha256:${"0".repeat(64)}` });
    file.write();
    await expect(promoteTo("pro", [shop])).rejects.toThrow(
      /there is no image sha256:0+ at .*on the host where tst runs/,
    );
  });
});
