import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { pulumiHome, projectRoot } from "../../../scripts/lib/paths";
import { ensureLanguageHost } from "../../../scripts/toolchain-parts/plugins";
import { runCommand, type CommandResult } from "../../support/run-command";

/** A Pulumi project in a folder of its own, run by the real engine and by our language host as it is in the source now. */
export interface PulumiProject {
  folder: string;
  environment: NodeJS.ProcessEnv;
  engine: string;
  write(files: Record<string, string>): void;
  pulumi(...args: string[]): Promise<CommandResult>;
  remove(): void;
}

const TSCONFIG = {
  compilerOptions: {
    noCheck: true,
    module: "commonjs",
    moduleResolution: "node10",
    target: "es2022",
    skipLibCheck: true,
  },
};

/** Makes the project with a stack `dev`, whose program is `index.ts`. */
export async function makePulumiProject(
  runtimeOptions = "{ tsconfig: tsconfig.json }",
): Promise<PulumiProject> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-language-"));
  const home = path.join(folder, "home");
  const state = path.join(folder, "state");
  const project = path.join(folder, "project");
  for (const made of [path.join(home, "bin"), state, project]) fs.mkdirSync(made, { recursive: true });
  const engine = path.join(home, "bin", "pulumi");
  // Not a link: the engine looks for language hosts beside its own resolved path, where the official one may lie.
  fs.copyFileSync(path.join(pulumiHome, "bin", "pulumi"), engine);
  await ensureLanguageHost(home);
  fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(project, "node_modules"));
  const environment = {
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PATH: `${path.dirname(engine)}${path.delimiter}${process.env.PATH ?? ""}`,
  };
  const made: PulumiProject = {
    folder: project,
    environment,
    engine,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        const file = path.join(project, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content);
      }
    },
    pulumi: (...args) =>
      runCommand(engine, [...args, "--non-interactive", "--color=never"], { folder: project, environment }),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
  made.write({
    "Pulumi.yaml": `name: harbour\nruntime: { name: nodejs, options: ${runtimeOptions} }\n`,
    "package.json": JSON.stringify({ name: "harbour", dependencies: { "@pulumi/pulumi": "3.256.0" } }),
    "tsconfig.json": JSON.stringify(TSCONFIG),
    "index.ts": "export {};\n",
  });
  const created = await made.pulumi("stack", "init", "dev");
  if (created.exitCode !== 0) throw new Error(created.output);
  return made;
}
