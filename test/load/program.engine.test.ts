import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runCommand } from "../support/run-command";

const load = path.resolve(__dirname, "../../load");
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-load-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Writes files and runs `main.js` of them with Node, from which the loader's parts can be required as `LOAD + "/…"`. */
async function run(files: Record<string, string>): Promise<{ exitCode: number; output: string }> {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const main = `const LOAD = ${JSON.stringify(load)};\n${files["main.js"]}`;
  fs.writeFileSync(path.join(folder, "main.js"), main);
  return runCommand(process.execPath, [path.join(folder, "main.js")], { folder });
}

const withTypes = `require(LOAD + "/stack-traces.js").mapStackTraces(require(LOAD + "/strip-types.js").stripTypes());`;

test("TypeScript runs without a check of its types", async () => {
  const { output, exitCode } = await run({
    "main.js": `${withTypes} console.log(require("./program.ts").sum);`,
    "program.ts": `import { one } from "./numbers";\nexport const sum: string = one + 1;\n`,
    "numbers.ts": `export interface Number { value: number }\nexport const one = 1;\n`,
  });
  expect(output).toBe("2\n");
  expect(exitCode).toBe(0);
});

test("an error names the line and the function of the source, whoever throws it", async () => {
  const { output } = await run({
    "main.js": `${withTypes} try { require("./program.ts").start() } catch (error) { console.log(error.stack) }`,
    "program.ts": [
      "interface Person {",
      "  name: string;",
      "}",
      "function greet(person: Person): string {",
      "  return person.name.toUpperCase();",
      "}",
      "export const start = (): string => greet({} as Person);",
      "",
    ].join("\n"),
  });
  expect(output).toContain("TypeError: Cannot read properties of undefined");
  expect(output).toMatch(/at greet \(.*\/program\.ts:5:22\)/);
  expect(output).toMatch(/at Object\.start \(.*\/program\.ts:7:\d+\)/);
  expect(output).toMatch(/at .*\/main\.js:2:\d+/);
});

test("a module put off is loaded when something of it is used, and then for all who imported it", async () => {
  const { output } = await run({
    "main.js": [
      `require(LOAD + "/lazy-modules.js").loadLazily(["./heavy"], __filename);`,
      `const heavy = require("./heavy");`,
      `const other = require("./other.js");`,
      `console.log("imported");`,
      `console.log(heavy.name, other(), "name" in heavy, Object.keys(heavy).join());`,
    ].join("\n"),
    "heavy.js": `console.log("loaded"); exports.name = "heavy"; exports.more = 1;`,
    "other.js": `const heavy = require("./heavy"); module.exports = () => heavy.name;`,
  });
  expect(output).toBe("imported\nloaded\nheavy heavy true name,more\n");
});

test("putting a module off that is not installed is an error that names it", async () => {
  const { output, exitCode } = await run({
    "main.js": `require(LOAD + "/lazy-modules.js").loadLazily(["gone"], __filename);`,
  });
  expect(exitCode).not.toBe(0);
  expect(output).toContain("Cannot find module 'gone'");
});

const root = path.resolve(__dirname, "../..");
const withSdk = [
  `const { quietSdk } = require(LOAD + "/quiet-sdk.js");`,
  `const log = require(${JSON.stringify(path.join(root, "node_modules/@pulumi/pulumi/log"))});`,
  `const debuggable = require(${JSON.stringify(path.join(root, "node_modules/@pulumi/pulumi/runtime/debuggable"))});`,
  `const { Resource } = require(${JSON.stringify(path.join(root, "node_modules/@pulumi/pulumi/resource"))});`,
  `const before = log.debug;`,
];

test("the SDK sends no debug messages and takes no traces of resources and promises, but keeps errors and its watch over promises", async () => {
  const { output, exitCode } = await run({
    "main.js": [
      ...withSdk,
      `quietSdk(${JSON.stringify(path.join(root, "program.js"))}, {});`,
      `const kept = debuggable.debuggablePromise(Promise.resolve(1), "kept");`,
      `const lost = new Promise(() => {});`,
      `debuggable.debuggablePromise(lost, "lost");`,
      `console.log(log.debug === before, lost._debugCtx, /\\n/.test(lost._debugStackTrace), Error.stackTraceLimit);`,
      `console.log(/\\n/.test(new Error("one").stack), Resource.callsites().length);`,
    ].join("\n"),
  });
  expect(output).toContain("false lost false 10\ntrue 0\n");
  expect(output).toContain("detected that 1 promise was still active");
  expect(exitCode).toBe(1);
});

test("whoever looks for a fault in the SDK gets its messages and traces", async () => {
  const { output } = await run({
    "main.js": [
      ...withSdk,
      `quietSdk(${JSON.stringify(path.join(root, "program.js"))}, { BERTH_SDK_DEBUG: "1", PULUMI_DEBUG_PROMISE_LEAKS: "1" });`,
      `const promise = Promise.resolve(1);`,
      `debuggable.debuggablePromise(promise, "kept");`,
      `console.log(log.debug === before, /\\n/.test(promise._debugStackTrace), Resource.callsites().length > 1);`,
    ].join("\n"),
  });
  expect(output).toBe("true true true\n");
});
