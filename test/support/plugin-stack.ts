import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";

import { projectRoot, pulumiHome } from "../../scripts/lib/paths";
import { ensureProviderPlugin } from "../../scripts/toolchain-parts/plugins";

/** A stack of its own on the real Pulumi engine, in a Pulumi home that holds one plugin of this checkout. */
export interface PluginStack {
  /** The stack, run by this program from now on. */
  with(program: () => void): Promise<Stack>;
  /** The stack's state as it lies on the disk. */
  checkpoint(): Promise<string>;
  close(): Promise<void>;
}

/** Makes the stack; brings the engine first where the toolchain is not installed yet. */
export async function startPluginStack(plugin: { name: string; version: string }): Promise<PluginStack> {
  const folder = await mkdtemp(join(tmpdir(), "btest-stack-"));
  const [home, state, project] = [join(folder, "home"), join(folder, "state"), join(folder, "project")];
  await Promise.all([mkdir(join(home, "bin"), { recursive: true }), mkdir(state), mkdir(project)]);
  const engine = join(pulumiHome, "bin", "pulumi");
  if (!existsSync(engine)) await promisify(execFile)(join(projectRoot, "scripts", "toolchain"));
  await symlink(engine, join(home, "bin", "pulumi"));
  await ensureProviderPlugin(home, plugin, { local: false, download: false, registries: true });

  const pulumiCommand = await PulumiCommand.get({ root: home });
  const envVars = {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const inline =
    (program: () => void): PulumiFn =>
    () =>
      Promise.resolve(program());
  return {
    with: (program) =>
      LocalWorkspace.createOrSelectStack(
        { stackName: "test", projectName: "btest", program: inline(program) },
        { workDir: project, envVars, pulumiCommand },
      ),
    checkpoint: () => readFile(join(state, ".pulumi", "stacks", "btest", "test.json"), "utf8"),
    close: () => rm(folder, { recursive: true }),
  };
}
