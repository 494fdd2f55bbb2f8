import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { ensureProviderPlugin } from "../../scripts/toolchain-parts/plugins";
import { PROVIDER_PLUGINS } from "../../scripts/toolchain-parts/versions";
import { runCommand, type CommandResult } from "../support/run-command";
import { makePulumiProject } from "../plugins/language-nodejs/pulumi-project";

/** Programs of raw resources, previewed by the real engine with our policy pack. */
export interface RawStack {
  /** Previews a program, whose text may use docker, tls, command and pulumi, as the stack of that name. */
  preview(stack: string, program: string): Promise<CommandResult>;
  /** Brings it up, with the pack named by the variable that stands for the flag. */
  up(stack: string, program: string): Promise<CommandResult>;
  remove(): void;
}

const IMPORTS = `import * as pulumi from "@pulumi/pulumi";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as tls from "@pulumi/tls";
`;

export async function makeRawStack(stacks: string[]): Promise<RawStack> {
  const project = await makePulumiProject();
  for (const plugin of PROVIDER_PLUGINS) {
    await ensureProviderPlugin(String(project.environment.PULUMI_HOME), plugin, {
      ...{ local: false, download: false, registries: true },
    });
  }
  for (const stack of stacks.filter((name) => name !== "dev")) await project.pulumi("stack", "init", stack);
  const pack = path.join(projectRoot, "policy/pack");
  const write = (program: string): void => project.write({ "index.ts": IMPORTS + program });
  return {
    preview(stack, program) {
      write(program);
      return project.pulumi("preview", "--stack", stack, "--policy-pack", pack);
    },
    up(stack, program) {
      write(program);
      return runCommand(
        project.engine,
        ["up", "--yes", "--skip-preview", "--stack", stack, "--non-interactive", "--color=never"],
        {
          folder: project.folder,
          environment: { ...project.environment, PULUMI_OPTION_POLICY_PACK: pack },
        },
      );
    },
    remove: () => project.remove(),
  };
}
