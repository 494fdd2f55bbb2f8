import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runCommand } from "../support/run-command";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-start-"));
  fs.copyFileSync(path.resolve(__dirname, "../../plugins/start.cjs"), path.join(folder, "own.cjs"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const program = (word: string): string =>
  `const path = require("node:path"); setImmediate(() => process.stdout.write(\`${word} \${path.basename(process.argv[1])} \${process.argv.slice(2)}\\n\`));`;

const write = (word: string): void => fs.writeFileSync(path.join(folder, "own-code.cjs"), program(word));

async function start(...args: string[]): Promise<string> {
  const { exitCode, output } = await runCommand(process.execPath, [path.join(folder, "own.cjs"), ...args]);
  expect(exitCode).toBe(0);
  return output;
}

const caches = (): string[] => fs.readdirSync(folder).filter((name) => !name.endsWith(".cjs"));

test("a program runs with its arguments, with its compiled code and without", async () => {
  write("one");
  expect(await start("127.0.0.1:1")).toBe("one own.cjs 127.0.0.1:1\n");
  expect(caches()).toEqual([]);
  expect(await start("--write-code-cache")).toBe("");
  expect(caches()).toEqual([`own-code.${process.version}-${process.arch}.cache`]);
  expect(await start("127.0.0.1:1")).toBe("one own.cjs 127.0.0.1:1\n");
});

test("compiled code of another program is not run, not even of one that is as long", async () => {
  write("one");
  await start("--write-code-cache");
  write("two");
  expect(await start()).toBe("two own.cjs \n");
});

test("an error names the line of the bundle, also from compiled code that was made in another folder", async () => {
  const text = `\nfunction fail() { throw new Error("no"); }\nif (process.argv[2]) fail();\nprocess.stdout.write("1");`;
  fs.writeFileSync(path.join(folder, "own-code.cjs"), text);
  await start("--write-code-cache");
  const installed = `${folder}-installed`;
  fs.cpSync(folder, installed, { recursive: true });
  const { exitCode, output } = await runCommand(process.execPath, [path.join(installed, "own.cjs"), "fail"]);
  fs.rmSync(installed, { recursive: true });
  expect(exitCode).toBe(1);
  expect(output).toMatch(/at fail \(own-code\.cjs:2:25\)/);
});

test("a use adds the functions that it called to the compiled code, the first few times", async () => {
  const calls = "function called() { return [1, 2].map((one) => one + 1).join(); }";
  const later = `${calls} process.stdout.write("1"); if (process.argv[2] === "use") { called(); setTimeout(() => undefined, 900); }`;
  fs.writeFileSync(path.join(folder, "own-code.cjs"), later);
  await start("--write-code-cache");
  const [name = ""] = caches();
  const size = (): number => fs.statSync(path.join(folder, name)).size;
  const unused = size();
  await start();
  expect(size()).toBe(unused);
  await start("use");
  const used = size();
  expect(used).toBeGreaterThan(unused);
  expect(await start("use")).toBe("1");
  expect(caches()).toEqual([name]);
});
