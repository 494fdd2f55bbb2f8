/** Workspaces as a developer has them: real onboarding, a real gateway, the berth command as a process. */
import * as fs from "node:fs";
import * as path from "node:path";
import { bundles, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { freePort } from "../support/free-port";
import type { CommandResult } from "../support/run-command";
import { Workbench } from "../support/workbench";
import { CliLab } from "./cli-lab";
import type { Laptop } from "./laptop";

/** What `berth workspace create --json` says. */
export interface MadeFact {
  workspace: string;
  url: string;
  reachable: boolean;
  action: string;
  resources: { container: string; volume: string };
  milliseconds: number;
  phases: Record<string, number>;
}

/** Of `docker inspect`, what tests look at. */
export interface Inspected {
  Id: string;
  Image: string;
  State: { Status: string; ExitCode: number };
  Config: { Env: string[]; Labels: Record<string, string>; User: string };
  HostConfig: {
    Memory: number;
    NanoCpus: number;
    CapDrop: string[];
    SecurityOpt: string[];
    RestartPolicy: { Name: string };
  };
  Mounts: { Type: string; Name: string; Destination: string }[];
}

export class WorkspaceLab {
  private constructor(
    readonly cli: CliLab,
    readonly bench: Workbench,
    readonly image: string,
  ) {}

  /** @param settings of gateway.json, beside the images. */
  static async start(settings: object = {}): Promise<WorkspaceLab> {
    const bench = new Workbench();
    const bundle = bundles(["services"]).find(({ source }) => source === "services/workspace");
    if (!bundle) throw new Error("the toolchain knows no bundle of services/workspace");
    await ensureBundle(bundle);
    // Without the editor, whose build takes minutes: sshd and all that sets a workspace up are there.
    const image = await bench.build("images/workspace", { target: "remote" });
    const sync = await bench.build("images/sync");
    const cli = await CliLab.start({
      gateway: {
        // Nothing listens there: the proxy is out of reach, as it may be from a laptop.
        proxyUrl: `http://127.0.0.1:${await freePort()}`,
        sharedImages: [image, sync],
        images: { runtime: { typescript: "", python: "" }, sync, workspace: image, extraCa: "" },
        ...settings,
      },
    });
    await cli.makeNetwork();
    return new WorkspaceLab(cli, bench, image);
  }

  /** `berth workspace …`, which may fail. */
  berth(laptop: Laptop, ...words: string[]): Promise<CommandResult> {
    return laptop.berth("workspace", ...words);
  }

  create(laptop: Laptop, ...words: string[]): Promise<MadeFact> {
    return laptop.berthJson<MadeFact>("workspace", "create", ...words);
  }

  /** Writes a workspace file. Returns its path. */
  file(text: string): string {
    const folder = fs.mkdtempSync(path.join(this.cli.folder, "described-"));
    const file = path.join(folder, "workspace.yaml");
    fs.writeFileSync(file, text);
    return file;
  }

  name(laptop: Laptop, workspace: string): string {
    return `${this.cli.prefix}-dev-${laptop.devId}-${workspace}`;
  }

  /** `docker inspect` at the engine itself; undefined where there is no such container. */
  async inspect(container: string): Promise<Inspected | undefined> {
    const text = await this.cli.host("container", "inspect", container).catch(() => "[]");
    return (JSON.parse(text) as Inspected[])[0];
  }

  async dispose(): Promise<void> {
    await this.cli.dispose();
    await this.bench.dispose();
  }
}
