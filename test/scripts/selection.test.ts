import * as fs from "node:fs";
import { ConfigFile } from "../../scripts/lib/config-file";
import { promotableApps } from "../../scripts/promote-parts/known-apps";
import { rollback } from "../../scripts/promote-parts/rollback";
import {
  appsInTst,
  builtEnvironment,
  localImage,
  repositoryOf,
  selectApps,
  selectImageUsers,
  serviceRoles,
} from "../../scripts/promote-parts/selection";
import type { Scope } from "../../spec/names";
import { makeProject, sampleManifest } from "../support/sample-project";

const ROLES = ["postgres", "redis"];
const image = (digit: string): string => `localhost:5443/shop@sha256:${digit.repeat(64)}`;

/** The project made last, and all that a test made. */
let folder: string;
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((made) => fs.rmSync(made, { recursive: true })));

function makeFolder(files: Record<string, string>): void {
  folder = makeProject(files);
  folders.push(folder);
}

function config(lines: string): ConfigFile {
  makeFolder({
    "Pulumi.tst.yaml": `config:\n${lines}`,
    "apps/shop/berth.yaml": sampleManifest("shop"),
    "apps/redis/berth.yaml": sampleManifest("redis"),
  });
  return ConfigFile.read("tst", folder);
}
const apps = (...paths: string[]) =>
  config(`  berth:apps:\n${paths.map((path) => `    - path: ${path}\n`).join("")}`).apps();

describe("APP", () => {
  it("is an app, a service, all services, or all", () => {
    const shop = apps("apps/shop");
    const names = (choice: string) =>
      selectImageUsers(choice, shop, ROLES).map(({ kind, name }) => `${kind} ${name}`);
    expect(names("shop")).toEqual(["app shop"]);
    expect(names("redis")).toEqual(["service redis"]);
    expect(names("services")).toEqual(["service postgres", "service redis"]);
    expect(names("all")).toEqual(["service postgres", "service redis", "app shop"]);
  });

  it("means the app where a service has the same name", () => {
    expect(selectImageUsers("redis", apps("apps/redis"), ROLES)).toMatchObject([{ kind: "app" }]);
  });

  it("is for builds an app, or all apps", () => {
    const both = apps("apps/shop", "apps/redis");
    expect(selectApps("all", both)).toHaveLength(2);
    expect(selectApps("shop", both)).toMatchObject([{ path: "apps/shop" }]);
  });

  it("leaves out of all for pro the apps that tst does not run yet", () => {
    const tst = config(`  berth:apps:\n    - { path: apps/shop, image: "${image("1")}" }\n`);
    const shop = { kind: "app", name: "shop", path: "apps/shop" } as const;
    const redis = { kind: "service", name: "redis" } as const;
    expect(appsInTst([redis, shop, { ...shop, name: "new" }], tst)).toEqual([redis, shop]);
  });

  it.each([
    ["sohp", "there is no app or service 'sohp' here"],
    [undefined, "APP= is missing"],
  ])("that is %s lists what there is", (choice, message) => {
    const shop = apps("apps/shop");
    expect(() => selectImageUsers(choice, shop, ROLES)).toThrow(
      `${message}: choose one of shop, postgres, redis, services, all`,
    );
    expect(() => selectApps(choice, shop)).toThrow(`${message}: choose one of shop, all`);
  });
});

describe("the services of an environment", () => {
  it("are its own on a host that another stack owns, and the proxy's too on a host of its own", () => {
    expect(serviceRoles(config("  berth:host: { stack: dev }\n"))).toEqual(ROLES);
    expect(serviceRoles(config("  berth:environment: tst\n"))).toEqual([...ROLES, "proxy", "proxy-routes"]);
  });
});

describe("a promotion's end", () => {
  it("is tst or pro", () => {
    expect(builtEnvironment("TO", "pro")).toBe("pro");
    expect(() => builtEnvironment("TO", "dev")).toThrow("use TO=tst or TO=pro");
    expect(() => builtEnvironment("ENV", undefined)).toThrow("ENV= is missing: use ENV=tst or ENV=pro");
  });
});

describe("an app to promote", () => {
  const names = (choice: string | undefined): string[] =>
    promotableApps(choice, "tst", folder).map(({ manifest, path }) => `${manifest.name} ${path}`);
  beforeEach(() => {
    makeFolder({
      "Pulumi.dev.yaml": "config:\n  berth:apps:\n    - path: apps/shop\n      developerId: '01'\n",
      "Pulumi.tst.yaml": `config:\n  berth:apps:\n    - path: apps/ledger\n      image: ${image("1")}\n`,
      "apps/shop/berth.yaml": sampleManifest("shop"),
      "apps/ledger/berth.yaml": sampleManifest("ledger"),
      "deep/er/mail/berth.yaml": sampleManifest("mail"),
    });
  });

  it("is one of dev's config, or by its name one of the target's", () => {
    expect(names("all")).toEqual(["shop apps/shop"]);
    expect(names("shop")).toEqual(["shop apps/shop"]);
    expect(names("ledger")).toEqual(["shop apps/shop", "ledger apps/ledger"]);
  });

  it("may be named by no config, as those that developers run: its folder is found", () => {
    expect(names("mail")).toEqual(["shop apps/shop", "mail deep/er/mail"]);
    expect(names("post")).toEqual(["shop apps/shop"]);
    fs.mkdirSync(`${folder}/other`);
    fs.writeFileSync(`${folder}/other/berth.yaml`, sampleManifest("mail"));
    expect(() => names("mail")).toThrow("there are several apps 'mail'");
  });
});

describe("image names", () => {
  const usual: Scope = { prefix: "berth", environment: "dev" };
  const other: Scope = { prefix: "team", environment: "dev" };
  const shop = { kind: "app", name: "shop", path: "apps/shop" } as const;
  const redis = { kind: "service", name: "redis" } as const;

  it("are on the engine those of dev", () => {
    expect(localImage(usual, shop, "v2")).toBe("shop:dev-shared-v2");
    expect(localImage(other, shop, "latest")).toBe("team-shop:dev-shared-latest");
    expect(localImage(usual, redis, "v2")).toBe("berth-dev-redis:latest");
  });

  it("are in the registry the same for every environment, and of one installation only", () => {
    expect(repositoryOf(usual, shop)).toBe("shop");
    expect(repositoryOf(other, shop)).toBe("team-shop");
    expect(repositoryOf(usual, redis)).toBe("berth-redis");
    expect(repositoryOf(other, redis)).toBe("team-redis");
  });
});

describe("a rollback", () => {
  const withImages = (extra: string) =>
    config(`  berth:apps:\n    - path: apps/shop # buys\n      image: ${image("1")}\n${extra}`);

  it("swaps an image with the one before, and back again", () => {
    const file = withImages(`      previousImage: ${image("2")}\n`);
    expect(rollback(file, "shop")).toEqual({ image: image("2"), previousImage: image("1") });
    const text = fs.readFileSync(`${folder}/Pulumi.tst.yaml`, "utf8");
    expect(text).toContain(
      `- path: apps/shop # buys\n      image: ${image("2")}\n      previousImage: ${image("1")}\n`,
    );
    expect(rollback(ConfigFile.read("tst", folder), "shop").image).toBe(image("1"));
  });

  it("is refused where nothing ran before, and changes nothing", () => {
    const file = withImages("");
    const before = fs.readFileSync(`${folder}/Pulumi.tst.yaml`, "utf8");
    expect(() => rollback(file, "shop")).toThrow("Pulumi.tst.yaml names no previousImage of shop");
    expect(fs.readFileSync(`${folder}/Pulumi.tst.yaml`, "utf8")).toBe(before);
  });

  it("is of one app or service", () => {
    expect(() => rollback(withImages(""), "all")).toThrow("name it with APP=");
  });
});
