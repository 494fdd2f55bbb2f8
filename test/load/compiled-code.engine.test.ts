import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { runCommand } from "../support/run-command";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-compiled-"));
  fs.cpSync(path.resolve(__dirname, "../../load"), path.join(folder, "load"), { recursive: true });
});
afterEach(() => {
  fs.chmodSync(folder, 0o755);
  fs.rmSync(folder, { recursive: true });
});

const write = (name: string, text: string): void => fs.writeFileSync(path.join(folder, name), text);

/** Runs main.js as Pulumi.yaml has the program run. */
function run(): Promise<{ exitCode: number; output: string }> {
  return runCommand(process.execPath, ["--require", "./load/compiled-code.js", "main.js"], { folder });
}

const kept = (): string[] => {
  const build = path.join(folder, ".berth/build");
  return fs.existsSync(build) ? fs.readdirSync(build) : [];
};

test("a program does the same with its compiled code as without", async () => {
  write(
    "main.js",
    `console.log(require("./part").words.join(), require.main === module, __filename.length);`,
  );
  write(
    "part.js",
    `exports.words = [require.resolve("./main.js"), typeof require.cache, module.id === __filename];`,
  );
  const first = await run();
  expect(first.exitCode).toBe(0);
  expect(first.output).toContain(`/main.js,object,true true`);
  expect(kept()).toEqual([`compiled-${process.version}-${process.arch}.bin`]);
  expect(await run()).toEqual(first);
});

test("a changed module is compiled anew, also one that is as long", async () => {
  write("main.js", `console.log(require("./part"));`);
  write("part.js", `module.exports = "one";`);
  expect((await run()).output).toBe("one\n");
  write("part.js", `module.exports = "two";`);
  expect((await run()).output).toBe("two\n");
  expect((await run()).output).toBe("two\n");
});

test("errors name line and column of the source in every run, and the exit code stays", async () => {
  write("main.js", `require("./part").fail();`);
  write("part.js", `exports.fail = () => { throw new Error("no"); };`);
  for (let time = 0; time < 2; time++) {
    const { exitCode, output } = await run();
    expect(exitCode).toBe(1);
    expect(output).toMatch(/part\.js:1:30\)/);
  }
});

test("modules of both kinds can be loaded later", async () => {
  write("main.js", `import("./later.mjs").then(({ word }) => console.log(word));`);
  write("later.mjs", `export const word = "later";`);
  expect((await run()).output).toBe("later\n");
  expect((await run()).output).toBe("later\n");
});

test("where nothing can be kept, the program runs all the same and says so", async () => {
  write(".berth", "a file where a folder should be");
  write("main.js", `console.log("ran");`);
  const { exitCode, output } = await run();
  expect(exitCode).toBe(0);
  expect(output).toMatch(/^ran\ncompiled code is not kept for the next run: /);
});

test("types are stripped once, and anew from a changed source", async () => {
  fs.symlinkSync(path.resolve(__dirname, "../../node_modules"), path.join(folder, "node_modules"));
  write(
    "main.js",
    `require("./load/strip-types.js").stripTypes(); console.log(require("./part.ts").word, swc());`,
  );
  fs.appendFileSync(
    path.join(folder, "main.js"),
    `function swc() { return Object.keys(require.cache).some((file) => file.endsWith("@swc/core/index.js")); }`,
  );
  write("part.ts", `export const word: string = "one";`);
  expect((await run()).output).toBe("one true\n");
  expect((await run()).output).toBe("one false\n");
  write("part.ts", `export const word: string = "two";`);
  expect((await run()).output).toBe("two true\n");
  expect((await run()).output).toBe("two false\n");
});
