import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Mutagen } from "../../cli/mutagen/mutagen";
import { stopGuard } from "../../cli/sync/guard/process";
import { CLI } from "../../scripts/toolchain-parts/bundles";
import { runCommand, type CommandResult } from "../support/run-command";

/** A home folder of its own, and the berth command in it. */
export class Laptop {
  static readonly bundle = CLI.file;

  constructor(
    readonly home: string,
    readonly devId: string,
  ) {
    fs.mkdirSync(path.join(home, ".docker"), { recursive: true });
    fs.writeFileSync(path.join(home, ".docker", "config.json"), "{}");
  }

  get berthHome(): string {
    return path.join(this.home, ".berth");
  }

  /** `certs/<id>/<name>`. */
  file(name: string): string {
    return path.join(this.berthHome, "certs", this.devId, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), "utf8");
  }

  berth(...words: string[]): Promise<CommandResult> {
    return runCommand("node", [Laptop.bundle, ...words], { environment: this.environment });
  }

  /** A line for sh, in which `$BERTH` is the command. */
  shell(line: string): Promise<CommandResult> {
    const environment = { ...this.environment, BERTH: `node ${Laptop.bundle}` };
    return runCommand("sh", ["-c", line], { environment });
  }

  async berthJson<Fact>(...words: string[]): Promise<Fact> {
    const { exitCode, output, stdout } = await this.berth(...words, "--json");
    if (exitCode !== 0) throw new Error(output);
    return JSON.parse(stdout) as Fact;
  }

  /** `berth dev init` at the lab's service, with the right fingerprint. */
  init(
    { replica, fingerprint }: { replica: { url: string }; fingerprint: string },
    pin: string,
    server = replica.url,
  ): Promise<CommandResult> {
    return this.berth(...this.initWords(server, pin, fingerprint));
  }

  initWords(server: string, pin: string, fingerprint: string): string[] {
    const words = ["dev", "init", "--dev-id", this.devId, "--server", server, "--pin", pin];
    return [...words, "--ca-fingerprint", fingerprint];
  }

  /** Starts a command that the test kills. */
  start(...words: string[]): ChildProcess {
    return spawn("node", [Laptop.bundle, ...words], {
      env: { ...process.env, ...this.environment },
      stdio: "ignore",
    });
  }

  /** Ends what its commands left running: the sync's guard, and Mutagen's daemon. */
  async stopBackground(): Promise<void> {
    await stopGuard(this.berthHome, this.devId);
    const mutagen = new Mutagen(this.berthHome);
    if (await mutagen.isRunning()) await mutagen.stopDaemon();
  }

  /** Nothing of the machine's own settings. */
  get environment(): NodeJS.ProcessEnv {
    return { HOME: this.home, BERTH_HOME: "", BERTH_SERVER: "", BERTH_DEV_ID: "" };
  }
}
