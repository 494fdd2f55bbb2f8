import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { someSubnet } from "../../test/support/checkout";
import type { Leftovers } from "../lib/cleanup";
import { requirementsTable, timesTable } from "../lib/comparison";
import { assertUnchanged, type DevStack } from "../lib/dev-stack";
import { PulumiProject } from "../lib/pulumi-project";
import { inTurn, type Contender } from "../lib/rounds";
import { emptyProgram } from "./empty-program";

/** How long a preview without a change takes: the dev stack's, an empty program's, and the dev stack's as Pulumi loads it by default. */
export async function measurePreview(stack: DevStack, rounds: number, leftovers: Leftovers): Promise<string> {
  const empty = await emptyProject(`${stack.checkout.namePrefix}-empty`, leftovers);
  const [dev, small, smallByTsNode, devByTsNode] = await inTurn(rounds, [
    { what: "dev stack", run: async () => (await stack.preview()).seconds },
    {
      what: "empty program, loaded as the dev stack is",
      prepare: () => Promise.resolve(empty.loadAsBerth()),
      run: () => previewOf(empty),
    },
    {
      what: "empty program, ts-node without type check",
      prepare: () => Promise.resolve(empty.loadByTsNode()),
      run: () => previewOf(empty),
    },
    withDefaultLoader(stack),
  ]);
  if (!dev || !small || !smallByTsNode || !devByTsNode) throw new Error("a contender has no result");
  return [
    "Preview without a change",
    timesTable([dev, small, smallByTsNode, devByTsNode]),
    "",
    requirementsTable([
      { what: "dev stack / empty program, same loader", of: dev, by: small, atMost: 1.3 },
      { what: "dev stack / empty program, ts-node without type check", of: dev, by: smallByTsNode },
      { what: "ts-node with its type check / dev stack", of: devByTsNode, by: dev, atLeast: 1.5 },
    ]),
  ].join("\n");
}

async function emptyProject(name: string, leftovers: Leftovers): Promise<PulumiProject> {
  const project = await PulumiProject.create(emptyProgram(name, someSubnet()));
  leftovers.add(`the empty program in ${project.folder}`, async () => {
    await project.pulumi(["destroy", "--yes", "--skip-preview"]);
    project.remove();
  });
  await project.pulumi(["up", "--yes", "--skip-preview"]);
  return project;
}

async function previewOf(project: PulumiProject): Promise<number> {
  const finished = await project.pulumi(["preview"]);
  assertUnchanged(finished);
  return finished.seconds;
}

/** The same stack with nothing said about how it is loaded: Pulumi then takes ts-node, which checks types. */
function withDefaultLoader(stack: DevStack): Contender {
  const file = path.join(stack.checkout.folder, "Pulumi.yaml");
  const ours = fs.readFileSync(file, "utf8");
  const byDefault = parseDocument(ours);
  byDefault.delete("main");
  byDefault.set("runtime", "nodejs");
  return {
    what: "dev stack, ts-node as Pulumi has it by default",
    prepare: () => Promise.resolve(fs.writeFileSync(file, byDefault.toString())),
    run: async () => (await stack.preview()).seconds,
    reset: () => Promise.resolve(fs.writeFileSync(file, ours)),
  };
}
