import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { programDependencies } from "../../../plugins/language-nodejs/program-dependencies";
import { requiredPackages } from "../../../plugins/language-nodejs/required-packages";
import { projectRoot } from "../../../scripts/lib/paths";
import { CLOUD_PLUGINS, PROVIDER_PLUGINS } from "../../../scripts/toolchain-parts/versions";

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-packages-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

function install(location: string, manifest: object): void {
  fs.mkdirSync(path.join(root, location), { recursive: true });
  fs.writeFileSync(path.join(root, location, "package.json"), JSON.stringify(manifest));
}

test("this project needs exactly the plugins that the toolchain knows how to make present", () => {
  const needed = requiredPackages(projectRoot, projectRoot).map(({ name, version }) => ({
    name,
    version: version.slice(1),
  }));
  const provided = [...PROVIDER_PLUGINS, ...Object.values(CLOUD_PLUGINS)].sort((a, b) =>
    a.name.localeCompare(b.name),
  );
  expect(needed).toEqual(provided);
});

test("plugins are found in scoped, nested and outer packages, and each only once", () => {
  install("node_modules/@pulumi/tide", {
    name: "@pulumi/tide",
    version: "1.2.3",
    pulumi: { resource: true },
  });
  install("node_modules/pier/node_modules/@pulumi/tide", {
    name: "@pulumi/tide",
    version: "1.2.3",
    pulumi: { resource: true },
  });
  install("node_modules/pier", { name: "pier", version: "1.0.0" });
  install("infra/node_modules/crane", {
    name: "crane",
    version: "2.0.0",
    pulumi: { resource: true, name: "crane", version: "v9.0.0", server: "https://plugins.invalid" },
  });
  expect(requiredPackages(path.join(root, "infra"), root)).toEqual([
    { name: "crane", version: "v9.0.0", server: "https://plugins.invalid", parameterization: undefined },
    { name: "tide", version: "v1.2.3", server: undefined, parameterization: undefined },
  ]);
});

test("packages outside the project are not looked at", () => {
  install("node_modules/@pulumi/tide", {
    name: "@pulumi/tide",
    version: "1.2.3",
    pulumi: { resource: true },
  });
  expect(requiredPackages(path.join(root, "infra"), path.join(root, "infra"))).toEqual([]);
});

test("a third party's provider package without a plugin name is an error that names its file", () => {
  install("node_modules/crane", { name: "crane", version: "2.0.0", pulumi: { resource: true } });
  expect(() => requiredPackages(root, root)).toThrow(/node_modules\/crane\/package\.json.*"name"/);
});

describe("the packages of a program", () => {
  beforeEach(() => {
    install(".", { dependencies: { pier: "1.0.0" }, devDependencies: { crane: "2.0.0" } });
    const packages = {
      "": { version: "0.0.0" },
      "node_modules/pier": { version: "1.0.0" },
      "node_modules/pier/node_modules/crane": { version: "1.0.0" },
      "node_modules/crane": { version: "2.0.0" },
      "node_modules/@sea/salt": { version: "3.0.0" },
    };
    fs.writeFileSync(path.join(root, "package-lock.json"), JSON.stringify({ packages }));
  });

  test("are those that it names itself", () => {
    expect(programDependencies(path.join(root, "infra"), false)).toEqual([
      { name: "pier", version: "1.0.0" },
      { name: "crane", version: "2.0.0" },
    ]);
  });

  test("or all that are installed", () => {
    expect(programDependencies(root, true)).toHaveLength(4);
    expect(programDependencies(root, true)).toContainEqual({ name: "@sea/salt", version: "3.0.0" });
  });
});
