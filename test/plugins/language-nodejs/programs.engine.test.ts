import * as fs from "node:fs";
import * as path from "node:path";
import { makePulumiProject, type PulumiProject } from "./pulumi-project";

let project: PulumiProject;
beforeAll(async () => {
  project = await makePulumiProject();
});
afterAll(() => project.remove());

const program = (source: string): void =>
  project.write({ "index.ts": `import * as pulumi from "@pulumi/pulumi";\n${source}\n` });
const preview = () => project.pulumi("preview", "--stack", "dev");

test("a TypeScript program runs, its output is shown, and the host says that it is not the official one", async () => {
  program(
    `const berths: number = 3; console.log("three berths free"); console.error("one is leaking"); export const free = berths;`,
  );
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev");
  expect(output).toContain("three berths free");
  expect(output).toContain("one is leaking");
  expect(output).toContain("Berth's own language host stands in for the official nodejs v3.256.0.");
  expect(exitCode).toBe(0);
  const outputs = await project.pulumi("stack", "output", "--json", "--stack", "dev");
  expect(JSON.parse(outputs.stdout)).toEqual({ free: 3 });
});

test("a secret of the configuration stays secret, a plain value stays plain", async () => {
  await project.pulumi("config", "set", "--secret", "pin", "hunter2", "--stack", "dev");
  await project.pulumi("config", "set", "plain", "seen", "--stack", "dev");
  program(`const config = new pulumi.Config();
    export const pin = config.requireSecret("pin"); export const plain = config.require("plain"); export const mixed = pulumi.interpolate\`<\${pin}>\`;`);
  const { exitCode, output } = await project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev");
  expect(exitCode).toBe(0);
  expect(output).not.toContain("hunter2");
  expect((await project.pulumi("stack", "export", "--stack", "dev")).stdout).not.toContain("hunter2");
  const outputs = await project.pulumi("stack", "output", "--json", "--show-secrets", "--stack", "dev");
  expect(JSON.parse(outputs.stdout)).toEqual({ pin: "hunter2", plain: "seen", mixed: "<hunter2>" });
});

test("the program is told its stack, its project and whether this is a preview", async () => {
  program(
    `console.log(["run of", pulumi.getProject(), pulumi.getStack(), pulumi.runtime.isDryRun()].join(" "));`,
  );
  expect((await preview()).output).toContain("run of harbour dev true");
  const up = await project.pulumi("up", "--yes", "--skip-preview", "--stack", "dev");
  expect(up.output).toContain("run of harbour dev false");
});

test("a program that throws fails with its message, once", async () => {
  program(`throw new Error("the harbour is closed");`);
  const { exitCode, output } = await preview();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("Error: the harbour is closed");
  expect(output).not.toContain("non-zero exit code");
});

test("a rejected promise that nobody awaits fails the program", async () => {
  program(`void Promise.reject(new Error("lost at sea"));`);
  const { exitCode, output } = await preview();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("lost at sea");
});

test("an error in a resource's inputs is shown without a stack of the host's own", async () => {
  program(`throw new pulumi.RunError("choose another berth");`);
  const { exitCode, output } = await preview();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("error: choose another berth");
  expect(output).not.toContain("    at ");
});

test("a program that ends by itself with a code fails with that code", async () => {
  program(`process.exit(7);`);
  const { exitCode, output } = await preview();
  expect(exitCode).not.toBe(0);
  expect(output).toContain("Program exited with non-zero exit code: 7");
});

test("a project without the Pulumi SDK is told how to get it", async () => {
  const modules = path.join(project.folder, "node_modules");
  const target = fs.readlinkSync(modules);
  fs.unlinkSync(modules);
  try {
    const { exitCode, output } = await preview();
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Pulumi SDK is not installed.*run 'pulumi install' or 'npm ci'/);
  } finally {
    fs.symlinkSync(target, modules);
  }
});

describe("runtime options of Pulumi.yaml", () => {
  let strict: PulumiProject;
  afterEach(() => strict.remove());

  test("tsconfig and nodeargs reach Node", async () => {
    strict = await makePulumiProject(
      `{ tsconfig: other.json, nodeargs: "--title=harbour-master --max-old-space-size=300" }`,
    );
    strict.write({
      "other.json": `{ "compilerOptions": { "module": "commonjs", "target": "es2022", "noImplicitAny": true, "skipLibCheck": true, "types": [] } }`,
      "index.ts": `declare const process: any; console.log("title " + process.title); function f(x) { return x; } f(1);`,
    });
    const { output } = await strict.pulumi("preview", "--stack", "dev");
    expect(output).toContain("Parameter 'x' implicitly has an 'any' type");
    strict.write({ "index.ts": `declare const process: any; console.log("title " + process.title);` });
    expect((await strict.pulumi("preview", "--stack", "dev")).output).toContain("title harbour-master");
  });

  test("one of the wrong type is refused by name", async () => {
    strict = await makePulumiProject(`{ typescript: "yes" }`);
    const { exitCode, output } = await strict.pulumi("preview", "--stack", "dev");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("runtime option 'typescript' must be a boolean");
  });

  test("a program that runs out of memory is told how to get more", async () => {
    strict = await makePulumiProject(`{ tsconfig: tsconfig.json, nodeargs: "--max-old-space-size=150" }`);
    strict.write({
      "index.ts": `const hoard: string[][] = []; for (;;) hoard.push(Array.from({ length: 10000 }, String));`,
    });
    const { exitCode, output } = await strict.pulumi("preview", "--stack", "dev");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("nodeargs: --max-old-space-size=<MB>");
  });
});
