/** A stack of its own on the real Pulumi engine, with the bundled docker plugin of this checkout in a Pulumi home of its own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { definition } from "../../../../plugins/docker/definition";
import { projectRoot, pulumiHome } from "../../../../scripts/lib/paths";
import { bundles, ensureBundle } from "../../../../scripts/toolchain-parts/bundles";

export interface TestStack {
  /** The stack of this name, run by this program from now on. */
  with(stackName: string, program: PulumiFn): Promise<Stack>;
  /** The stack's state as it lies on the disk. */
  checkpoint(stackName: string): Promise<string>;
  close(): Promise<void>;
}

export async function startStack(): Promise<TestStack> {
  const folder = await mkdtemp(join(tmpdir(), "btest-stack-"));
  const [home, state, project] = [join(folder, "home"), join(folder, "state"), join(folder, "project")];
  await Promise.all([mkdir(join(home, "bin"), { recursive: true }), mkdir(state), mkdir(project)]);
  await installEngine(home);
  await installPlugin(home);
  const pulumiCommand = await PulumiCommand.get({ root: home });
  const envVars = {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  return {
    with: (stackName, program) =>
      LocalWorkspace.createOrSelectStack(
        { stackName, projectName: "btest", program },
        { workDir: project, envVars, pulumiCommand },
      ),
    checkpoint: (stackName) =>
      readFile(join(state, ".pulumi", "stacks", "btest", `${stackName}.json`), "utf8"),
    close: () => rm(folder, { recursive: true }),
  };
}

async function installEngine(home: string): Promise<void> {
  const engine = join(pulumiHome, "bin", "pulumi");
  if (!existsSync(engine)) {
    await promisify(execFile)(join(projectRoot, "scripts", "toolchain"), [], { cwd: projectRoot });
  }
  await symlink(engine, join(home, "bin", "pulumi"));
}

async function installPlugin(home: string): Promise<void> {
  const bundle = bundles(["plugins"]).find(({ source }) => source === "plugins/docker")!;
  await ensureBundle(bundle);
  const folder = join(home, "plugins", `resource-docker-v${definition.version}`);
  await mkdir(folder, { recursive: true });
  const launcher = join(folder, "pulumi-resource-docker");
  await writeFile(launcher, `#!/bin/sh\nexec node "${bundle.file}" "$@"\n`);
  await chmod(launcher, 0o755);
}
