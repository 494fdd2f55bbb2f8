import * as fs from "node:fs";
import { keptFolders, parseManifest } from "../../spec/app-manifest";

const FILE = "examples/shop/berth.yaml";
const smallest = "name: shop\nlanguage: typescript\nport: 3000\n";

function problemsOf(text: string): string[] {
  try {
    parseManifest(text, FILE);
  } catch (error) {
    return (error as Error).message.split("\n");
  }
  return [];
}

describe("berth.yaml", () => {
  it("needs no more than a name, a language and a port", () => {
    expect(parseManifest(smallest, FILE)).toEqual({
      name: "shop",
      language: "typescript",
      port: 3000,
      build: { context: ".", dockerfile: "Dockerfile", target: "runtime", devTarget: "dev" },
      health: { path: "/health", intervalSeconds: 60, startSeconds: 30 },
      services: { postgres: false, redis: false },
      live: { target: "/app", paths: [] },
      sync: { ignore: [] },
      secrets: [],
      commands: {},
      limits: { memoryMb: 512, cpus: 1, pids: 256 },
      capabilities: [],
      user: "10001",
    });
  });

  it.each(["shop", "ledger"])("of the example %s is right", (example) => {
    const file = `examples/${example}/berth.yaml`;
    expect(parseManifest(fs.readFileSync(file, "utf8"), file).name).toBe(example);
  });

  it("runs as another user than root unless root is asked for", () => {
    expect(parseManifest(`${smallest}user: "0"\n`, FILE).user).toBe("0");
    expect(parseManifest(smallest, FILE).user).not.toBe("0");
  });

  it("names file, line and column of each problem, all at once", () => {
    const problems = problemsOf(
      "name: Shop\nlanguage: typescript\nport: 99999\nlive:\n  paths: [src, ../other]\nlimits: { memoryMb: 1 }\n",
    );
    expect(problems).toEqual([
      expect.stringMatching(/^examples\/shop\/berth\.yaml:1:7: name must be lower-case/),
      expect.stringMatching(/^examples\/shop\/berth\.yaml:3:7: port must be at most 65535/),
      expect.stringMatching(
        /^examples\/shop\/berth\.yaml:5:16: live\.paths\[1\] must be inside the app's folder/,
      ),
      expect.stringMatching(/^examples\/shop\/berth\.yaml:6:21: limits\.memoryMb must be at least 16/),
    ]);
  });

  it("suggests the key that was meant, and says where the wrong one stands", () => {
    expect(
      problemsOf(
        "name: shop\nlanguage: typescript\nport: 3000\nhelth: { path: / }\nlive: { pahts: [src] }\n",
      ),
    ).toEqual([
      `${FILE}:4:1: helth is not a known key: did you mean 'health'?`,
      `${FILE}:5:9: live.pahts is not a known key: did you mean 'paths'?`,
    ]);
  });

  it("keeps what the image installed by its language, unless it names folders itself", () => {
    expect(keptFolders(parseManifest(smallest, FILE))).toEqual(["node_modules"]);
    expect(keptFolders(parseManifest(smallest.replace("typescript", "python"), FILE))).toEqual([".venv"]);
    expect(keptFolders(parseManifest(`${smallest}live: { keep: [] }\n`, FILE))).toEqual([]);
  });

  it.each([".", "..", "../..", "../../.."])("can have the build context %s", (context) => {
    expect(parseManifest(`${smallest}build: { context: ${context} }\n`, FILE).build.context).toBe(context);
  });

  it.each([
    ["an unknown key, with a suggestion", "helth: { path: /x }\n", /helth .*did you mean 'health'/],
    ["a nested unknown key, with a suggestion", "health: { pth: /x }\n", /health\.pth .*did you mean 'path'/],
    [
      "a build context beside the app",
      "build: { context: ../other }\n",
      /build\.context must be '\.' or a folder/,
    ],
    ["an absolute build context", "build: { context: /srv }\n", /build\.context must be '\.' or a folder/],
    ["a secret with the name of a service's file", "secrets: [redis-url]\n", /secrets\[0\] is the file of a/],
    ["a missing key", 'user: "1"\n', /language is missing: give typescript or python/],
    ["an empty key", "port:\n", /port is missing: give a number/],
    ["a language that has no runtime image", "language: cobol\n", /must be typescript or python/],
    [
      "a start command that is a shell line",
      "commands: { start: node main.js }\n",
      /commands\.start must be a list/,
    ],
    ["an empty command", "commands: { start: [] }\n", /commands\.start must be at least 1/],
    [
      "a capability that reaches the host",
      "capabilities: [SYS_ADMIN]\n",
      /capabilities\[0\] must be CHOWN or/,
    ],
    ["a live folder by an absolute path", "live: { paths: [/etc] }\n", /without a leading '\/'/],
    ["a user by name, which the host cannot check", "user: node\n", /must be a numeric user id/],
    ["a health path without its slash", "health: { path: health }\n", /health\.path must begin with '\/'/],
    [
      "a Dockerfile outside the app's folder",
      "build: { dockerfile: ../Dockerfile }\n",
      /build\.dockerfile must be inside/,
    ],
    ["a name too long for a host name", `name: ${"a".repeat(29)}\n`, /name must be at most 28/],
  ])("refuses %s", (_, text, message) => {
    expect(problemsOf(text).join("\n")).toMatch(message);
  });

  it("refuses text that is no YAML, with its place", () => {
    expect(problemsOf("name: [shop\n")[0]).toMatch(/^examples\/shop\/berth\.yaml:2:1: /);
    expect(problemsOf("name: shop\nname: cart\n")[0]).toMatch(/^examples\/shop\/berth\.yaml:2:1: .*unique/);
  });

  it.each(["", "just words", "[a, list]"])("refuses '%s', which is no map of keys", (text) => {
    expect(problemsOf(text)[0]).toMatch(/^examples\/shop\/berth\.yaml:1:1: the file must be a map/);
  });

  it("never repeats a value, which may be a secret pasted into the wrong place", () => {
    const secret = "hunter2-hunter2";
    const text = `name: ${secret}!\nlanguage: ${secret}\nport: ${secret}\nuser: ${secret}\ncapabilities: [${secret}]\n`;
    expect(problemsOf(text).length).toBeGreaterThanOrEqual(5);
    expect(problemsOf(text).join("\n")).not.toContain(secret);
  });
});
