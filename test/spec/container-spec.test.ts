import { parseManifest } from "../../spec/app-manifest";
import { containerSpec, EXTRA_CA_FILE, type AppRequest } from "../../spec/container-spec";

const manifest = parseManifest(
  `
name: shop
language: typescript
port: 3000
services: { postgres: true, redis: true }
live: { target: /app, paths: [test, src] }
commands: { start: [node, dist/main.js], reload: [tsx, watch, src/main.ts] }
limits: { memoryMb: 256, cpus: 0.5, pids: 128 }
capabilities: [SETUID, CHOWN]
`,
  "berth.yaml",
);
const digest = `registry.example/shop@sha256:${"a".repeat(64)}`;

const dev: AppRequest = {
  scope: { prefix: "berth", environment: "dev" },
  proxyEnvironment: "dev",
  manifest,
  developerId: "01",
};
const tst: AppRequest = {
  scope: { prefix: "berth", environment: "tst" },
  proxyEnvironment: "dev",
  manifest,
  image: digest,
};

describe("an app in dev", () => {
  it("is its developer's own container, with its own access to the shared services", () => {
    const spec = containerSpec(dev);
    expect(spec.name).toBe("berth-dev-01-shop");
    expect(spec.postgres).toEqual({ role: "shop_01", database: "shop_01" });
    expect(spec.redis).toEqual({ user: "shop.01", keyPrefix: "shop:01:" });
    expect(spec.labels).toContainEqual({ label: "berth.owner", value: "01" });
    expect(spec.labels).toContainEqual({ label: "berth.port", value: "3000" });
  });

  it("mounts each live folder of the app's folder where the image has it, sorted", () => {
    const spec = containerSpec({
      ...dev,
      live: { kind: "folder", sourceFolder: "/srv/code/shop", paths: ["test", "src"] },
    });
    expect(spec.mounts).toEqual([
      { type: "bind", source: "/srv/code/shop/src", target: "/app/src", readOnly: true, copiesImage: false },
      {
        type: "bind",
        source: "/srv/code/shop/test",
        target: "/app/test",
        readOnly: true,
        copiesImage: false,
      },
    ]);
    expect(spec.workingFolder).toBeUndefined();
  });

  it("has a synchronised build context whole, works in its own folder of it, and keeps what the image installed", () => {
    const live = { kind: "volume", volume: "berth-dev-01-shop-source", keep: ["node_modules"] } as const;
    const spec = containerSpec({ ...dev, appSubPath: "apps/shop", live });
    expect(spec.workingFolder).toBe("/app/apps/shop");
    const writable = { type: "volume", readOnly: false };
    expect(spec.mounts).toEqual([
      { ...writable, source: "berth-dev-01-shop-source", target: "/app", copiesImage: false },
      { ...writable, target: "/app/apps/shop/node_modules", copiesImage: true },
    ]);
    expect(containerSpec({ ...dev, live }).workingFolder).toBe("/app");
  });

  it("starts by its reload command only where reload is asked for", () => {
    expect(containerSpec({ ...dev, reload: true }).command).toEqual(["tsx", "watch", "src/main.ts"]);
    expect(containerSpec(dev).command).toEqual(["node", "dist/main.js"]);
  });

  it("refuses a reload without a reload command, naming the app, the key and the way out", () => {
    const still = { ...manifest, commands: { start: ["node", "dist/main.js"] } };
    expect(() => containerSpec({ ...dev, manifest: still, reload: true })).toThrow(
      /app 'shop' in dev: .*commands\.reload.*or set reload: false/,
    );
  });

  it("tells tools of the extra CA bundle by variables, only where there is one", () => {
    const told = containerSpec({ ...dev, extraCa: true }).environment;
    for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"]) {
      expect(told).toContain(`${name}=${EXTRA_CA_FILE}`);
    }
    expect(containerSpec(dev).environment.join(" ")).not.toContain(EXTRA_CA_FILE);
  });

  it("gets its environment as variables, sorted, with secrets named by file only", () => {
    expect(containerSpec(dev).environment).toEqual([
      "BERTH_DEV_MODE=true",
      "BERTH_ENVIRONMENT=dev",
      "DATABASE_URL_FILE=/run/secrets/berth/database-url",
      "PORT=3000",
      "REDIS_KEY_PREFIX=shop:01:",
      "REDIS_URL_FILE=/run/secrets/berth/redis-url",
    ]);
  });

  it("has the limits, the user and the capabilities that its berth.yaml names, and no more", () => {
    const spec = containerSpec(dev);
    expect(spec).toMatchObject({ memoryMb: 256, cpus: 0.5, pids: 128, user: "10001" });
    expect(spec.capabilities).toEqual(["CHOWN", "SETUID"]);
  });

  it("asks for no service that the app does not use", () => {
    const spec = containerSpec({
      ...dev,
      manifest: { ...manifest, services: { postgres: false, redis: false } },
    });
    expect(spec.postgres).toBeUndefined();
    expect(spec.redis).toBeUndefined();
    expect(spec.environment.join(" ")).not.toMatch(/DATABASE|REDIS/);
  });
});

describe("an app in tst and pro", () => {
  it("belongs to the environment and runs the image by digest", () => {
    const spec = containerSpec(tst);
    expect(spec).toMatchObject({ name: "berth-tst-shared-shop", image: digest, mounts: [] });
    expect(spec.environment).toContain("BERTH_DEV_MODE=false");
  });

  const forbidden: [string, Partial<AppRequest>, RegExp][] = [
    [
      "synchronised source",
      { live: { kind: "volume", volume: "shop-source", keep: [] } },
      /sync is for dev only/,
    ],
    [
      "a live folder",
      { live: { kind: "folder", sourceFolder: "/srv/code/shop", paths: ["src"] } },
      /mounts is for dev only/,
    ],
    ["a reload", { reload: true }, /reload is for dev only/],
    ["no image", { image: undefined }, /needs an image/],
    ["an image by tag", { image: "shop:1" }, /not a tag/],
  ];
  it.each(forbidden)("refuses %s, naming app and environment", (_, change, message) => {
    for (const environment of ["tst", "pro"] as const) {
      const request = { ...tst, scope: { prefix: "berth", environment }, ...change };
      expect(() => containerSpec(request)).toThrow(message);
      expect(() => containerSpec(request)).toThrow(`app 'shop' in ${environment}`);
    }
  });

  it("names every broken rule at once", () => {
    const request: AppRequest = {
      ...tst,
      image: "shop:1",
      reload: true,
      live: { kind: "folder", sourceFolder: "/srv/code/shop", paths: ["src"] },
    };
    expect(() => containerSpec(request)).toThrow(/mounts.*reload.*not a tag/);
  });
});
