// Writes a fly.toml for a workspace, so that plain `fly deploy` makes it too: `node --import tsx scripts/fly-toml.ts workspace.yaml
// --region fra [--owner 01] [--organization personal] [--prefix berth] [--target remote|full] [--performance] [--auto-stop]
// [--snapshots 5] [--out FILE]`. docs/fly.md says what comes before and after.
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { flyToml } from "../components/fly/fly-toml";
import { flyPlan } from "../components/fly/workspace-plan";
import { formatPath, validate } from "../config/problems";
import { withNeededSecrets } from "../spec/workspace/container";
import { workspaceSpec, type WorkspaceSpec } from "../spec/workspace/workspace-spec";
import { dataRoot, projectRoot } from "./lib/paths";
import { main } from "./lib/steps";

const TARGETS = ["remote", "full"] as const;

/** @throws Error with every problem of the file, each with its key. */
function readSpec(file: string): WorkspaceSpec {
  if (!fs.existsSync(file)) throw new Error(`${file} does not exist: name the workspace's file`);
  const result = validate(workspaceSpec, parse(fs.readFileSync(file, "utf8")));
  if ("value" in result) return result.value;
  const lines = result.problems.map((problem) => `  ${formatPath(problem.path)} ${problem.fix}`);
  throw new Error(`${file} describes no workspace:\n${lines.join("\n")}`);
}

main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      region: { type: "string" },
      owner: { type: "string", default: "01" },
      organization: { type: "string", default: "personal" },
      prefix: { type: "string", default: "berth" },
      target: { type: "string", default: "remote" },
      snapshots: { type: "string", default: "5" },
      performance: { type: "boolean", default: false },
      "auto-stop": { type: "boolean", default: false },
      out: { type: "string" },
    },
  });
  const target = TARGETS.find((one) => one === values.target);
  if (target === undefined) throw new Error(`--target is '${values.target}': give remote or full`);
  const spec = readSpec(positionals[0] ?? "workspace.yaml");
  const plan = flyPlan({
    ...{ name: spec.name, owner: values.owner, organization: values.organization, namePrefix: values.prefix },
    ...{ region: values.region ?? "", spec, target, autoStop: values["auto-stop"] },
    // `fly secrets set` gives them their values.
    secretKeys: (target === "full" ? withNeededSecrets(spec) : spec).secrets,
    cpuKind: values.performance ? "performance" : "shared",
    snapshotRetentionDays: Number(values.snapshots),
  });
  const file = path.resolve(values.out ?? path.join(dataRoot, "fly", plan.app, "fly.toml"));
  const image = path.join(projectRoot, "images", "workspace");
  const dockerfile = path.relative(path.dirname(file), path.join(image, "Dockerfile"));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, await flyToml(plan, { dockerfile }));
  process.stdout.write(`${file}\nfly deploy ${image} --config ${file} --local-only --ha=false\n`);
});
