import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseManifest } from "../../spec/app-manifest";
import { CHECKS, type CheckedApp, type CheckName } from "../../cli/exec/checks";
import { commandOf } from "../../cli/exec/command-of";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-checks-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

let apps = 0;
/** An app with these files, by their paths from the build context, whose own folder is `apps/shop` below that. */
function app(manifest: string, files: Record<string, string> = {}): CheckedApp {
  const contextFolder = path.join(folder, `${(apps += 1)}`);
  const own = path.join(contextFolder, "apps/shop");
  fs.mkdirSync(own, { recursive: true });
  for (const [name, content] of Object.entries(files))
    fs.writeFileSync(path.join(contextFolder, name), content);
  return {
    name: "shop",
    folder: own,
    contextFolder,
    manifest: parseManifest(`name: shop\nport: 3000\n${manifest}`, "berth.yaml"),
  };
}

const SCRIPTS = { test: "a", "test:integration": "b", "test:e2e": "c", lint: "d" };
const packageJson = (more: object = {}): string => JSON.stringify({ scripts: SCRIPTS, ...more });
const commands = (checked: CheckedApp): string[] =>
  (Object.keys(CHECKS) as CheckName[]).map((name) => commandOf(checked, CHECKS[name]).join(" "));

describe("a TypeScript app's checks", () => {
  it.each([
    ["package-lock.json", "npm"],
    ["npm-shrinkwrap.json", "npm"],
    ["pnpm-lock.yaml", "pnpm"],
    ["yarn.lock", "yarn"],
    ["bun.lock", "bun"],
    ["bun.lockb", "bun"],
  ])("run through the package manager of %s", (lockfile, manager) => {
    const files = { "apps/shop/package.json": packageJson(), [`apps/shop/${lockfile}`]: "" };
    expect(commands(app("language: typescript", files))).toEqual([
      `${manager} run test`,
      `${manager} run test:integration`,
      `${manager} run test:e2e`,
      `${manager} run lint`,
    ]);
  });

  it("find the lockfile of the workspace around the app, the app's own first", () => {
    const files = { "apps/shop/package.json": packageJson(), "pnpm-lock.yaml": "" };
    expect(commands(app("language: typescript", files))[0]).toBe("pnpm run test");
    expect(commands(app("language: typescript", { ...files, "apps/shop/yarn.lock": "" }))[0]).toBe(
      "yarn run test",
    );
  });

  it("run through npm without any, or through what package.json names", () => {
    expect(commands(app("language: typescript", { "apps/shop/package.json": packageJson() }))[0]).toBe(
      "npm run test",
    );
    const named = packageJson({ packageManager: "pnpm@9.1.0" });
    expect(commands(app("language: typescript", { "apps/shop/package.json": named }))[0]).toBe(
      "pnpm run test",
    );
  });

  it("with lockfiles of two ask which one, unless package.json says it", () => {
    const both = { "apps/shop/yarn.lock": "", "apps/shop/package-lock.json": "" };
    expect(() =>
      commands(app("language: typescript", { ...both, "apps/shop/package.json": packageJson() })),
    ).toThrow("package-lock.json, yarn.lock");
    const named = packageJson({ packageManager: "yarn@4.1.0" });
    expect(commands(app("language: typescript", { ...both, "apps/shop/package.json": named }))[0]).toBe(
      "yarn run test",
    );
  });

  it("that are missing name those that exist and the key that would do as well", () => {
    const none = app("language: typescript", {
      "apps/shop/package.json": JSON.stringify({ scripts: { build: "x", lint: "y" } }),
    });
    expect(() => commandOf(none, CHECKS["test-e2e"])).toThrow(
      "shop has no script 'test:e2e' in its package.json: it has build, lint. Add it, or give commands.testE2e in its berth.yaml",
    );
    expect(() => commandOf(app("language: typescript"), CHECKS.test)).toThrow("shop has no package.json");
  });

  it("with a package.json that cannot be read name the file", () => {
    const broken = app("language: typescript", { "apps/shop/package.json": "{" });
    expect(() => commandOf(broken, CHECKS.test)).toThrow(path.join(broken.folder, "package.json"));
  });

  it("are what berth.yaml says where it says something", () => {
    const own = app("language: typescript\ncommands: { test: [node, --test, 'a b'] }");
    expect(commandOf(own, CHECKS.test)).toEqual(["node", "--test", "a b"]);
  });
});

describe("a Python app's checks", () => {
  const MAKEFILE = `
.PHONY: test lint
VENV := .venv
PORT ?= 8000
test lint: $(VENV)/bin/python ## both
\tpytest
test-integration:: deps
\tpytest -m integration
build/out.txt: source.txt
\ttouch $@
`;

  it("run through make", () => {
    const files = { "apps/shop/Makefile": `${MAKEFILE}test-e2e:\n\ttrue\n` };
    expect(commands(app("language: python", files))).toEqual([
      "make test",
      "make test-integration",
      "make test-e2e",
      "make lint",
    ]);
  });

  it("that are missing name the targets that exist", () => {
    const some = app("language: python", { "apps/shop/Makefile": MAKEFILE });
    expect(() => commandOf(some, CHECKS["test-e2e"])).toThrow(
      "shop has no target 'test-e2e' in its Makefile: it has test, lint, test-integration. Add it, or give commands.testE2e",
    );
    expect(() => commandOf(app("language: python"), CHECKS.test)).toThrow("shop has no Makefile");
  });

  it.each(["include common.mk\n", "test-%:\n\tpytest tests/$*\n"])(
    "are left to make where only make can know: %j",
    (rule) => {
      const some = app("language: python", { "apps/shop/Makefile": rule });
      expect(commandOf(some, CHECKS["test-e2e"])).toEqual(["make", "test-e2e"]);
    },
  );
});
