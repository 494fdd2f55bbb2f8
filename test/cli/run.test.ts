import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { LocalApp } from "../../cli/app/find-app";
import { debugging } from "../../cli/run/debug";
import { dockerfileOf, imageInputs } from "../../cli/run/image-inputs";
import { urlOf } from "../../cli/run/route";
import { manifestSchema, type AppManifest } from "../../spec/app-manifest";
import type { ServerSettings } from "../../spec/gateway-api";

const manifest = (more: object = {}): AppManifest =>
  manifestSchema.parse({ name: "shop", language: "typescript", port: 3000, ...more });

describe("starting for a debugger", () => {
  it.each([
    [
      ["node", "main.js"],
      ["node", "--inspect=0.0.0.0:9229", "main.js"],
    ],
    [
      ["node", "--watch", "main.js"],
      ["node", "--inspect=0.0.0.0:9229", "--watch", "main.js"],
    ],
    [
      ["node_modules/.bin/tsx", "watch", "src/main.ts"],
      ["node_modules/.bin/tsx", "watch", "--inspect=0.0.0.0:9229", "src/main.ts"],
    ],
    [
      ["tsx", "src/main.ts"],
      ["tsx", "--inspect=0.0.0.0:9229", "src/main.ts"],
    ],
  ])("%j becomes %j", (command, made) => {
    expect(debugging(manifest(), command)).toEqual({ command: made, port: 9229 });
  });

  it("puts a Python app under debugpy", () => {
    const made = debugging(manifest({ language: "python" }), ["python", "-m", "ledger", "--reload"]);
    expect(made.command.join(" ")).toBe("python -m debugpy --listen 0.0.0.0:5678 -m ledger --reload");
    expect(made.port).toBe(5678);
  });

  it("takes the app's own command before its own guess, and asks for one where it has none", () => {
    const own = manifest({ commands: { debug: ["npm", "run", "debug"] } });
    expect(debugging(own, ["node", "main.js"]).command).toEqual(["npm", "run", "debug"]);
    expect(() => debugging(manifest(), ["npm", "start"])).toThrow(
      /'npm start'.*commands\.debug.*0\.0\.0\.0:9229/,
    );
    expect(() => debugging(manifest())).toThrow(/commands\.debug/);
  });
});

describe("the URL of an app", () => {
  const server = { domain: "dev.example.com", developerId: "01" } as ServerSettings;
  it.each([
    ["http://localhost:8080", "http://shop.01.dev.example.com:8080/"],
    ["https://proxy.example.com", "https://shop.01.dev.example.com/"],
  ])("has scheme and port of the proxy %s", (proxyUrl, url) => {
    expect(urlOf({ ...server, proxyUrl }, "shop")).toBe(url);
  });
});

describe("what a dev image is made from", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-inputs-"));
  afterAll(() => fs.rmSync(root, { recursive: true }));
  const folder = path.join(root, "apps/shop");
  const app: LocalApp = {
    ...{ name: "shop", folder, manifestFile: "", manifest: manifest() },
    ...{ contextFolder: root, appSubPath: "apps/shop" },
  };
  const write = (file: string, content: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), content);
  };
  const inputs = (more: string[] = []): string => imageInputs(app, path.join(folder, "Dockerfile"), more);

  beforeEach(() => {
    fs.rmSync(root, { recursive: true, force: true });
    write("apps/shop/Dockerfile", "FROM x");
    write("apps/shop/src/main.ts", "");
  });

  it("is its Dockerfile, where it has one", () => {
    expect(dockerfileOf(app)).toBe(path.join(folder, "Dockerfile"));
    fs.rmSync(path.join(folder, "Dockerfile"));
    expect(dockerfileOf(app)).toBeUndefined();
  });

  it.each([
    "apps/shop/Dockerfile",
    "apps/shop/Dockerfile.dockerignore",
    ".dockerignore",
    "package-lock.json",
    "apps/shop/package.json",
    "apps/shop/requirements-dev.txt",
    "apps/shop/pyproject.toml",
  ])("changes with %s", (file) => {
    const before = inputs();
    write(file, "changed");
    expect(inputs()).not.toBe(before);
  });

  it.each(["apps/shop/src/main.ts", "apps/shop/README.md", "apps/other/package.json"])(
    "does not change with %s",
    (file) => {
      const before = inputs();
      write(file, "changed");
      expect(inputs()).toBe(before);
    },
  );

  it("changes with the image that it stands on", () => {
    expect(inputs(["one"])).not.toBe(inputs(["two"]));
  });
});
