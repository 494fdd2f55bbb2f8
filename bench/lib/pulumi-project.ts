import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { projectRoot, pulumiHome } from "../../scripts/lib/paths";
import { timedOrThrow, type Finished } from "./command";

/**
 * The variables with which Pulumi works on a project's own state: the file backend and a passphrase, as `make up` has them. No
 * policy pack: what is compared here are programs and plugins.
 */
export function pulumiEnvironment(stateFolder: string, passphraseFile: string): NodeJS.ProcessEnv {
  return {
    PULUMI_HOME: pulumiHome,
    PULUMI_STACK: undefined,
    PULUMI_BACKEND_URL: `file://${stateFolder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // As scripts/lib/pulumi.ts: no plugin is looked for that the program does not use.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_OPTION_POLICY_PACK: undefined,
    PATH: `${path.join(pulumiHome, "bin")}${path.delimiter}${process.env.PATH ?? ""}`,
  };
}

const STACK = "bench";

/** A Pulumi project in a temporary folder, with the npm packages, the loader and the toolchain of this project and a state of its own. */
export class PulumiProject {
  private constructor(readonly folder: string) {}

  /** @param program text of its index.ts. */
  static async create(program: string): Promise<PulumiProject> {
    const project = new PulumiProject(fs.mkdtempSync(path.join(os.tmpdir(), "btest-bench-")));
    project.write("index.ts", program);
    project.write("package.json", JSON.stringify({ name: "btest", main: "index.ts" }));
    project.write("passphrase", "of a measurement");
    project.loadAsBerth();
    for (const part of ["program.js", "load"])
      fs.cpSync(path.join(projectRoot, part), path.join(project.folder, part), { recursive: true });
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(project.folder, "node_modules"));
    fs.mkdirSync(project.state);
    await project.pulumi(["stack", "init", STACK]);
    fs.cpSync(project.state, project.emptyState, { recursive: true });
    return project;
  }

  /** By what Berth's own Pulumi.yaml says. */
  loadAsBerth(): void {
    const own = parse(fs.readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8")) as Record<
      string,
      unknown
    >;
    this.write("Pulumi.yaml", stringify({ name: "btest", main: own.main, runtime: own.runtime }));
  }

  /** Pulumi's own loader, ts-node, with its type check switched off. */
  loadByTsNode(): void {
    this.write("tsconfig.json", TSCONFIG_WITHOUT_CHECK);
    this.write("Pulumi.yaml", PROJECT_LOADED_BY_TS_NODE);
  }

  /** Runs pulumi on the stack and takes its time. @throws Error with its output where it fails. */
  pulumi(args: string[]): Promise<Finished> {
    return timedOrThrow("pulumi", [...args, "--non-interactive"], {
      folder: this.folder,
      environment: {
        ...pulumiEnvironment(this.state, path.join(this.folder, "passphrase")),
        // The stack that all commands work on; to make it, its name is an argument.
        ...(args[1] !== "init" && { PULUMI_STACK: STACK }),
      },
    });
  }

  /** The stack as it was before its first update, whatever was created; the caller removes that. */
  forgetResources(): void {
    fs.rmSync(this.state, { recursive: true });
    fs.cpSync(this.emptyState, this.state, { recursive: true });
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private get state(): string {
    return path.join(this.folder, "state");
  }

  private get emptyState(): string {
    return path.join(this.folder, "empty-state");
  }

  private write(name: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, name), text);
  }
}

const PROJECT_LOADED_BY_TS_NODE = `name: btest
runtime: { name: nodejs, options: { tsconfig: tsconfig.json } }
`;

const TSCONFIG_WITHOUT_CHECK = JSON.stringify({
  compilerOptions: { target: "ES2022", module: "commonjs", moduleResolution: "node10", noCheck: true },
  include: ["index.ts"],
});
