import * as fs from "node:fs";
import * as path from "node:path";
import { makePulumiProject, type PulumiProject } from "./pulumi-project";

let project: PulumiProject;
beforeAll(async () => {
  project = await makePulumiProject();
  project.write({
    "index.ts": `import * as pulumi from "@pulumi/pulumi";\nnew pulumi.ComponentResource("harbour:index:Pier", "west");\n`,
    "pack/PulumiPolicy.yaml": "runtime: nodejs\nmain: index.ts\n",
    "pack/package.json": JSON.stringify({ name: "harbour-rules", version: "0.0.1", main: "index.ts" }),
    "pack/tsconfig.json": fs.readFileSync(path.join(project.folder, "tsconfig.json"), "utf8"),
  });
  fs.symlinkSync(
    fs.readlinkSync(path.join(project.folder, "node_modules")),
    path.join(project.folder, "pack/node_modules"),
  );
  await project.pulumi("config", "set", "limit", "5", "--stack", "dev");
});
afterAll(() => project.remove());

/** A pack with one mandatory rule, whose body decides with `args`, `report` and `pulumi`. */
const pack = (rule: string): void =>
  project.write({
    "pack/index.ts": `import { PolicyPack } from "@pulumi/policy"; import * as pulumi from "@pulumi/pulumi";
new PolicyPack("harbour-rules", { policies: [{ name: "rule", description: "of a test", enforcementLevel: "mandatory",
  validateResource: (args, report) => { ${rule} } }] });\n`,
  });
const preview = () => project.pulumi("preview", "--policy-pack", "pack", "--stack", "dev");

test("a violation fails the preview and names the resource", async () => {
  pack(`if (args.type === "harbour:index:Pier") report(args.name + " is not allowed here");`);
  const { exitCode, output } = await preview();
  expect(output).toContain("west is not allowed here");
  expect(exitCode).not.toBe(0);
});

test("a preview that violates nothing passes", async () => {
  pack(`if (args.type === "harbour:index:Lighthouse") report("no lighthouses");`);
  const { exitCode, output } = await preview();
  expect(output).toContain("harbour-rules");
  expect(exitCode).toBe(0);
});

test("rules know the stack and its configuration", async () => {
  pack(
    `if (args.name === "west") report(["rule of", pulumi.getProject(), pulumi.getStack(), new pulumi.Config("harbour").get("limit")].join(" "));`,
  );
  expect((await preview()).output).toContain("rule of harbour dev 5");
});

test("a pack that throws while loading fails the preview with its message", async () => {
  project.write({ "pack/index.ts": `throw new Error("the rules are lost");\n` });
  const { exitCode, output } = await preview();
  expect(output).toContain("the rules are lost");
  expect(exitCode).not.toBe(0);
});
