import * as fs from "node:fs";
import * as path from "node:path";
import { ConfigFile, type ImageUser } from "../../../scripts/lib/config-file";
import { makeProject, sampleManifest } from "../../support/sample-project";

const image = (letter: string): string => `localhost:5443/team/application@sha256:${letter.repeat(64)}`;
const shop: ImageUser = { kind: "app", name: "shop", path: "apps/the-shop" };
const redis: ImageUser = { kind: "service", name: "redis" };

let folder: string;
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function project(tst: string): ConfigFile {
  folder = makeProject({
    "Pulumi.tst.yaml": tst,
    "apps/the-shop/berth.yaml": sampleManifest("shop"),
    "apps/the-ledger/berth.yaml": sampleManifest("ledger"),
  });
  return ConfigFile.read("tst", folder);
}
const text = (): string => fs.readFileSync(path.join(folder, "Pulumi.tst.yaml"), "utf8");

const COMMENTED = `# The tst environment.
config:
  berth:environment: tst
  berth:apps:
    # Who buys here?
    - path: apps/the-ledger # books
      image: ${image("1")}
    - path: apps/the-shop
      image: ${image("2")}
  # Kept small.
  berth:redis: { memoryMb: 64 }
`;

describe("a config file", () => {
  it("knows an app by the name in its berth.yaml", () => {
    const file = project(COMMENTED);
    expect(file.apps().map(({ manifest, path: folder }) => [manifest.name, folder])).toEqual([
      ["ledger", "apps/the-ledger"],
      ["shop", "apps/the-shop"],
    ]);
    expect(file.images(shop)).toEqual({ image: image("2"), previousImage: undefined });
  });

  it("names an app once, however many developers run it", () => {
    const entry = "    - { path: apps/the-shop }\n";
    expect(project(`config:\n  berth:apps:\n${entry}${entry}`).apps()).toHaveLength(1);
  });

  it("changes an image, and nothing else: comments, order and form stay", () => {
    const file = project(COMMENTED);
    file.setImages(shop, { image: image("3"), previousImage: image("2") });
    expect(text()).toBe(COMMENTED);
    file.write();
    expect(text()).toBe(
      COMMENTED.replace(`image: ${image("2")}`, `image: ${image("3")}\n      previousImage: ${image("2")}`),
    );
  });

  it("leaves no other file behind, and keeps the file's permissions", () => {
    const file = project(COMMENTED);
    fs.chmodSync(path.join(folder, "Pulumi.tst.yaml"), 0o640);
    file.setImages(redis, { image: image("4") });
    file.write();
    expect(fs.readdirSync(folder).sort()).toEqual(["Pulumi.tst.yaml", "apps"]);
    expect(fs.statSync(path.join(folder, "Pulumi.tst.yaml")).mode & 0o777).toBe(0o640);
  });

  it.each([
    ["no apps at all", "config:\n  berth:environment: tst\n"],
    ["an empty list", "config:\n  berth:environment: tst\n  berth:apps: []\n"],
    ["a key without a value", "config:\n  berth:environment: tst\n  berth:apps:\n"],
  ])("gets an entry for a new app where there is %s", (_, before) => {
    const file = project(before);
    file.setImages(shop, { image: image("5") });
    file.write();
    expect(text()).toBe(
      `config:\n  berth:environment: tst\n  berth:apps:\n    - path: apps/the-shop\n      image: ${image("5")}\n`,
    );
    expect(ConfigFile.read("tst", folder).images(shop).image).toBe(image("5"));
  });

  it("gets an entry for a new service, beside those that are there", () => {
    const file = project(`config:\n  berth:serviceImages:\n    postgres: { image: "${image("6")}" } # 17\n`);
    file.setImages(redis, { image: image("7") });
    file.write();
    expect(text()).toBe(
      `config:\n  berth:serviceImages:\n    postgres: { image: "${image("6")}" } # 17\n    redis:\n      image: ${image("7")}\n`,
    );
  });

  it("becomes one even where it was empty", () => {
    const file = project("");
    file.setImages(redis, { image: image("7") });
    file.write();
    expect(text()).toBe(`config:\n  berth:serviceImages:\n    redis:\n      image: ${image("7")}\n`);
  });

  it("hands out values without their namespace, and no encrypted ones", () => {
    const file = project(
      "config:\n  berth:environment: tst\n  other:key: 1\n  berth:registryPassword:\n    secure: v1:abc\n",
    );
    expect(file.values()).toEqual({ environment: "tst" });
  });

  it("says which file is missing or no YAML, and which app has no berth.yaml", () => {
    expect(() => project("config: [")).toThrow(/^Pulumi\.tst\.yaml: /);
    fs.rmSync(path.join(folder, "Pulumi.tst.yaml"));
    expect(() => ConfigFile.read("tst", folder)).toThrow("Pulumi.tst.yaml does not exist");
    fs.rmSync(folder, { recursive: true });
    expect(() => project("config:\n  berth:apps:\n    - path: apps/none\n").apps()).toThrow(
      "apps/none/berth.yaml does not exist",
    );
  });
});
