import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { appNames, findApp } from "../../cli/app/find-app";
import { enclosingWorkspace } from "../../cli/app/workspace";
import { Failure } from "../../cli/failure";

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "btest-apps-")));
afterAll(() => fs.rmSync(folder, { recursive: true }));

let count = 0;
/** A workspace with these files. */
function workspace(files: Record<string, string>): string {
  const root = path.join(folder, `workspace-${(count += 1)}`);
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  }
  return root;
}
const manifest = (name: string, more = ""): string =>
  `name: ${name}\nlanguage: typescript\nport: 3000\n${more}`;
const settings = (value: string) => ({ workspaceRoot: { value, source: "flag" as const } });
const find = (root: string, name: string, from = folder) => findApp(settings(root), name, from);

describe("an app", () => {
  it("is found by the name in its berth.yaml, whatever its folder is called", () => {
    const root = workspace({ "web/front/berth.yaml": manifest("shop") });
    expect(find(root, "shop")).toMatchObject({
      name: "shop",
      folder: path.join(root, "web/front"),
      manifestFile: path.join(root, "web/front/berth.yaml"),
      contextFolder: path.join(root, "web/front"),
      appSubPath: "",
    });
  });

  it("around the current folder goes before another of the same name", () => {
    const root = workspace({
      "one/berth.yaml": manifest("shop"),
      "two/src/deep/main.ts": "",
      "two/berth.yaml": manifest("shop"),
    });
    expect(find(root, "shop", path.join(root, "two/src/deep")).folder).toBe(path.join(root, "two"));
  });

  it("of which there are two is an error that names both", () => {
    const root = workspace({ "one/berth.yaml": manifest("shop"), "two/berth.yaml": manifest("shop") });
    expect(() => find(root, "shop")).toThrow(
      /several apps 'shop': .*one\/berth\.yaml and .*two\/berth\.yaml/,
    );
  });

  it("that is not there is an error that lists what is, with what was probably meant", () => {
    const root = workspace({
      "a/berth.yaml": manifest("shop"),
      "b/berth.yaml": manifest("ledger"),
      "c/berth.yaml": "name: [",
    });
    expect(() => find(root, "shpo")).toThrow(
      /did you mean 'shop'\? There are ledger, shop \(without a readable name: .*c\/berth\.yaml\)/,
    );
    expect(() => find(workspace({ "a.txt": "" }), "shop")).toThrow(/there is no berth\.yaml.*--workspace/);
  });

  it("is not looked for in packages, hidden folders, links and more than four folders deep", () => {
    const root = workspace({
      "node_modules/p/berth.yaml": manifest("package"),
      ".hidden/berth.yaml": manifest("hidden"),
      "1/2/3/4/berth.yaml": manifest("deep"),
      "1/2/3/4/5/berth.yaml": manifest("deeper"),
    });
    fs.symlinkSync(workspace({ "berth.yaml": manifest("linked") }), path.join(root, "link"));
    expect(appNames(settings(root))).toEqual(["deep"]);
  });

  it("whose berth.yaml is wrong is told with file, line and column", () => {
    const root = workspace({ "shop/berth.yaml": manifest("shop", "helth: { path: / }\n") });
    expect(() => find(root, "shop", root)).toThrow(
      /^shop\/berth\.yaml:4:1: helth is not a known key: did you mean 'health'\?/,
    );
  });
});

describe("a build context", () => {
  it.each([
    ["..", "apps", "shop"],
    ["../..", "", "apps/shop"],
  ])("%s is above the app, which lies in it", (context, above, appSubPath) => {
    const root = workspace({ "apps/shop/berth.yaml": manifest("shop", `build: { context: ${context} }\n`) });
    expect(find(root, "shop")).toMatchObject({ contextFolder: path.join(root, above), appSubPath });
  });

  it("outside of the workspace is refused, with what to do", () => {
    const root = workspace({ "shop/berth.yaml": manifest("shop", "build: { context: ../.. }\n") });
    expect(() => find(root, "shop")).toThrow(Failure);
    expect(() => find(root, "shop")).toThrow(/outside the workspace .*: nothing there is sent.*--workspace/);
  });

  it("that a link leads out of the workspace is refused", () => {
    const elsewhere = workspace({ "shop/berth.yaml": manifest("shop", "build: { context: .. }\n") });
    const root = workspace({ "a.txt": "" });
    fs.symlinkSync(path.join(elsewhere, "shop"), path.join(root, "shop"));
    expect(() => find(root, "shop", path.join(root, "shop"))).toThrow(/outside the workspace/);
  });
});

it("the workspace is the git checkout around a folder, or the folder itself", () => {
  const root = workspace({ ".git/HEAD": "", "a/b/c.txt": "" });
  expect(enclosingWorkspace(path.join(root, "a/b"))).toBe(root);
  expect(enclosingWorkspace(folder)).toBe(folder);
});
