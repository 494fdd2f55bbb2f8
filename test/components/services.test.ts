import * as pulumi from "@pulumi/pulumi";
import { derivePassword, PasswordSeed } from "../../components/password";
import { PostgresService } from "../../components/postgres-service";
import { proxyUrl, ProxyService } from "../../components/proxy-service";
import { RedisService } from "../../components/redis-service";
import { RuntimeImages } from "../../components/runtime-images";
import { SharedNetwork } from "../../components/shared-network";
import { MockedProgram, valueOf } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:local:Command";
const network = "berth-dev-network";

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

const newPostgres = (): PostgresService =>
  new PostgresService("pg", {
    ...sampleSettings,
    network,
    memoryMb: 512,
    passwords: new PasswordSeed("seed"),
  });
const newRedis = (): RedisService =>
  new RedisService("rd", { ...sampleSettings, network, memoryMb: 256, passwords: new PasswordSeed("seed") });

describe("passwords", () => {
  it("are the same for one account at every run, and differ between accounts and between installations", () => {
    expect(derivePassword("key", "postgres/shop_01")).toBe(derivePassword("key", "postgres/shop_01"));
    expect(derivePassword("key", "postgres/shop_01")).not.toBe(derivePassword("key", "postgres/shop_02"));
    expect(derivePassword("key", "postgres/shop_01")).not.toBe(derivePassword("other", "postgres/shop_01"));
  });

  it("have 256 bits in letters that need no escape in a URL", () => {
    expect(derivePassword("key", "redis/admin")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it("are secret outputs", async () => {
    const password = new PasswordSeed("seed").passwordOf("redis/admin");
    await program.resources();
    await expect(pulumi.isSecret(password)).resolves.toBe(true);
  });
});

describe("the shared network", () => {
  it("is a bridge with the subnet that the config names and its first address as gateway", async () => {
    new SharedNetwork("network", { ...sampleSettings, subnet: "10.89.0.0/24" });
    expect((await program.only("docker:index/network:Network")).inputs).toMatchObject({
      name: network,
      driver: "bridge",
      ipamConfigs: [{ subnet: "10.89.0.0/24", gateway: "10.89.0.1" }],
    });
  });
});

describe("Postgres", () => {
  it("keeps its data on a volume and has its superuser's password in a file", async () => {
    newPostgres();
    const { inputs } = await program.only(CONTAINER);
    expect(inputs.mounts).toEqual([
      { type: "volume", source: "berth-dev-postgres-data", target: "/var/lib/berth/postgres" },
    ]);
    expect(inputs.uploads).toMatchObject([{ file: "/run/secrets/berth/postgres-superuser-password" }]);
    expect(inputs).not.toHaveProperty("ports");
  });

  it("gives an app a role and a database by a step that gets the password on standard input and logs nothing", async () => {
    const access = newPostgres().grant({ role: "shop_01", database: "shop_01" });
    const { inputs, secretInputs, deleteBeforeReplace } = await program.only(COMMAND, "pg-role-shop_01");
    expect(inputs.create).toMatch(/^node \.berth\/build\/provision\.js postgres-role /);
    for (const option of ["--container berth-dev-postgres", "--role shop_01", "--database shop_01"]) {
      expect(inputs.create).toContain(option);
    }
    expect(inputs.delete).toBe(`${String(inputs.create)} --remove`);
    expect(inputs.logging).toBe("none");
    expect(secretInputs).toEqual(["stdin"]);
    expect(deleteBeforeReplace).toBe(true);
    const { password } = JSON.parse(String(inputs.stdin)) as { password: string };
    await expect(pulumi.isSecret(access.url)).resolves.toBe(true);
    await expect(valueOf(access.url)).resolves.toBe(
      `postgres://shop_01:${password}@berth-dev-postgres:5432/shop_01`,
    );
  });

  it("gives access anew after its container was replaced", async () => {
    newPostgres().grant({ role: "shop_01", database: "shop_01" });
    const { inputs } = await program.only(COMMAND, "pg-role-shop_01");
    expect(inputs.triggers).toEqual(["pg-server-container-id"]);
  });
});

describe("Redis", () => {
  it("gives an app a user for its own keys by a step that gets the password on standard input", async () => {
    const access = newRedis().grant({ user: "ledger.01", keyPrefix: "ledger:01:" });
    const { inputs, secretInputs } = await program.only(COMMAND, "rd-user-ledger.01");
    for (const option of [
      "redis-user ",
      "--container berth-dev-redis",
      "--user ledger.01",
      "--key-prefix ledger:01:",
    ]) {
      expect(inputs.create).toContain(option);
    }
    expect(secretInputs).toEqual(["stdin"]);
    await expect(valueOf(access.url)).resolves.toMatch(
      /^redis:\/\/ledger\.01:[\w-]{43}@berth-dev-redis:6379\/0$/,
    );
  });

  it("keeps its data on a volume and has its admin's password in a file", async () => {
    newRedis();
    const { inputs } = await program.only(CONTAINER);
    expect(inputs.mounts).toMatchObject([{ source: "berth-dev-redis-data" }]);
    expect(inputs.uploads).toMatchObject([{ file: "/run/secrets/berth/redis-admin-password" }]);
  });
});

describe("the proxy", () => {
  const settings = { httpPort: 8080, bindAddress: "127.0.0.1", domain: "localhost", memoryMb: 256 };
  const only = (role: string) => async (): Promise<Record<string, unknown>> =>
    (await program.only(CONTAINER, `px-${role}-container`)).inputs;

  it("publishes its port and has no engine socket; the container with the socket has no network and no port", async () => {
    new ProxyService("px", { ...sampleSettings, ...settings, network });
    const proxy = await only("server")();
    const routes = await only("routes")();
    expect(proxy).toMatchObject({ networkMode: network, ports: [{ external: 8080, ip: "127.0.0.1" }] });
    expect(JSON.stringify(proxy.mounts)).not.toContain("docker.sock");
    expect(routes.networkMode).toBe("none");
    expect(routes).not.toHaveProperty("ports");
    expect(JSON.stringify(routes.mounts)).toContain("docker.sock");
  });

  it("tells the keeper of its routes by variables, sorted, whose they are", async () => {
    new ProxyService("px", { ...sampleSettings, ...settings, network });
    expect((await only("routes")()).envs).toEqual([
      "BERTH_DOMAIN=localhost",
      "BERTH_PROXY_CONTAINER=berth-dev-proxy",
      "BERTH_STACK=berth-dev",
    ]);
  });

  it("has a URL without the port where that is the usual one", () => {
    expect(proxyUrl(settings)).toBe("http://localhost:8080");
    expect(proxyUrl({ domain: "dev.example", httpPort: 80 })).toBe("http://dev.example");
  });
});

describe("runtime images", () => {
  it("are built once for each language, from the base image, and not pushed", async () => {
    new RuntimeImages("rt", { ...sampleSettings, languages: ["python", "typescript", "python"] });
    const images = (await program.resources()).filter(({ type }) => type === "docker:index/image:Image");
    expect(images.map(({ name }) => name).sort()).toEqual(["rt-runtime-node", "rt-runtime-python"]);
    expect(images[0]?.inputs).toMatchObject({
      skipPush: true,
      build: {
        builderVersion: "BuilderV1",
        args: { BERTH_BASE_IMAGE: "berth-base:trixie", BERTH_EXTRA_CA_IMAGE: "berth-extra-ca:none" },
      },
    });
  });

  it("of a language that was not announced is an error", () => {
    const images = new RuntimeImages("rt", { ...sampleSettings, languages: ["python"] });
    expect(() => images.of("typescript")).toThrow(/no runtime image for typescript/);
  });
});
