/** Sync as a developer has it: real onboarding, a real gateway, real Mutagen, the berth command as a process. */
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { toolchainRoot } from "../../scripts/lib/paths";
import { ensureMutagen } from "../../scripts/toolchain-parts/mutagen";
import { Mutagen } from "../../cli/mutagen/mutagen";
import type { MutagenSession } from "../../cli/mutagen/session";
import type { NetworkNamespace } from "../support/network-namespace";
import { runCommand, type CommandResult } from "../support/run-command";
import { Workbench } from "../support/workbench";
import { CliLab, type CliLabOptions } from "./cli-lab";
import { Laptop } from "./laptop";

const PROGRAMS = ["mutagen", "mutagen-agents.tar.gz"];

export class SyncLab {
  private constructor(
    readonly lab: CliLab,
    private readonly images: Workbench,
    readonly image: string,
  ) {}

  /** @param options `syncImage`: one that the engine has. Default: built for this lab. */
  static async start(options: CliLabOptions & { syncImage?: string } = {}): Promise<SyncLab> {
    const images = new Workbench();
    const image = options.syncImage ?? (await images.build("images/sync"));
    const named = { runtime: { typescript: "", python: "" }, sync: image, extraCa: "" };
    const gateway = { images: named, sharedImages: [image], ...options.gateway };
    const lab = await CliLab.start({ ...options, gateway });
    await lab.makeNetwork();
    return new SyncLab(lab, images, image);
  }

  /** A laptop with its identity, Mutagen, and an app called shop. */
  async laptop(devId: string, network?: NetworkNamespace): Promise<SyncLaptop> {
    await ensureMutagen(path.join(toolchainRoot, "mutagen"));
    return new SyncLaptop(this.lab, await this.lab.onboarded(devId), network);
  }

  async dispose(): Promise<void> {
    await this.lab.dispose();
    await this.images.dispose();
  }
}

/** A laptop whose app `shop` is synchronised. */
export class SyncLaptop {
  readonly workspace: string;
  readonly source: string;
  readonly container: string;
  readonly mutagen: Mutagen;

  constructor(
    readonly lab: CliLab,
    readonly laptop: Laptop,
    /** Where its commands run. Default: this machine's. */
    private readonly network?: NetworkNamespace,
  ) {
    this.workspace = path.join(laptop.home, "work");
    this.source = path.join(this.workspace, "shop");
    this.container = `${lab.prefix}-dev-${laptop.devId}-sync`;
    this.mutagen = new Mutagen(laptop.berthHome);
    // Only berth starts it, in the laptop's network.
    this.mutagen.environment.MUTAGEN_DISABLE_AUTOSTART = "1";
    this.app("shop");
    const bin = path.join(laptop.berthHome, "bin");
    fs.mkdirSync(bin, { recursive: true });
    for (const name of PROGRAMS) {
      if (!fs.existsSync(path.join(bin, name)))
        fs.copyFileSync(path.join(toolchainRoot, "mutagen", name), path.join(bin, name));
    }
  }

  /** Writes an app's folder with a berth.yaml. */
  app(name: string, more = ""): string {
    const folder = path.join(this.workspace, name);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(
      path.join(folder, "berth.yaml"),
      `name: ${name}\nlanguage: typescript\nport: 3000\n${more}`,
    );
    return folder;
  }

  write(files: Record<string, string | Buffer>, folder = this.source): void {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
    }
  }

  read(name: string): string | undefined {
    const file = path.join(this.source, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
  }

  /** `berth sync …` */
  sync(...words: string[]): Promise<CommandResult> {
    const { environment } = this.laptop;
    const [command = "", ...rest] = [...(this.network?.words ?? []), "node", Laptop.bundle];
    return runCommand(command, [...rest, "sync", ...words, "--workspace", this.workspace], { environment });
  }

  /** @throws Error with what it said where it fails. */
  async succeed(...words: string[]): Promise<CommandResult> {
    const result = await this.sync(...words);
    if (result.exitCode !== 0) throw new Error(`berth sync ${words.join(" ")}: ${result.output}`);
    return result;
  }

  async session(app = "shop"): Promise<MutagenSession> {
    const found = await this.mutagen.find(`berth-${this.laptop.devId}-${app}`);
    if (!found) throw new Error(`there is no session of ${app}`);
    return found;
  }

  /** The folder in the sync container. */
  async remoteFolder(app = "shop"): Promise<string> {
    return (await this.session(app)).beta.path;
  }

  /** Runs a line of sh in the app's folder in the container, as the app's user. */
  async remote(line: string, app = "shop"): Promise<string> {
    return this.inContainer(await this.remoteFolder(app), line);
  }

  /** The same where Mutagen cannot be asked for the folder. */
  inContainer(folder: string, line: string): Promise<string> {
    const as = ["--user", "10001", "--workdir", folder];
    return this.lab.host("exec", ...as, this.container, "sh", "-c", line);
  }

  /** Waits until it holds; how long that took, in milliseconds. */
  async until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<number> {
    const startedMs = performance.now();
    while (!(await holds())) {
      if (performance.now() - startedMs > withinMs)
        throw new Error(`${what} did not come true in ${withinMs} ms`);
      await sleep(50);
    }
    return performance.now() - startedMs;
  }

  /** SHA-256 of every file of the laptop's tree, but for what is never synchronised. */
  localDigests(folder = this.source): Map<string, string> {
    const digests = new Map<string, string>();
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(folder, file);
      if (/(^|\/)(node_modules|\.git|dist|build|\.berth|coverage)(\/|$)/.test(name)) continue;
      digests.set(name, createHash("sha256").update(fs.readFileSync(file)).digest("hex"));
    }
    return digests;
  }

  /** The same of the container's tree. */
  async remoteDigests(app = "shop"): Promise<Map<string, string>> {
    const text = await this.remote("find . -type f -print0 | xargs -0 -r sha256sum -z | tr '\\0' '\\n'", app);
    const lines = text.split("\n").filter((line) => line !== "");
    return new Map(
      lines
        .map((line) => [line.slice(68), line.slice(0, 64)] as const)
        .filter(([name]) => !/(^|\/)(node_modules|\.git|dist|build|\.berth|coverage)(\/|$)/.test(name)),
    );
  }

  /** DOCKER_HOST and the rest, as `berth dev env` prints them. */
  get dockerEnvironment(): Record<string, string> {
    return {
      DOCKER_HOST: `tcp://127.0.0.1:${this.lab.gatewayPort}`,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: path.join(this.laptop.berthHome, "certs", this.laptop.devId),
    };
  }

  /** Docker's command with this laptop's identity, as the developer runs it. */
  docker(...args: string[]): string {
    const env = { ...process.env, ...this.dockerEnvironment };
    return execFileSync("docker", args, { env, encoding: "utf8" }).trim();
  }
}
