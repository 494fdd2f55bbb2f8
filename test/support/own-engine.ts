import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import Docker from "dockerode";
import { ensureProgram } from "../plugins/docker/support/programs";
import { makeBridge } from "../plugins/docker/support/tls-engine";

/** A Docker engine of a test's own, beside this machine's, that may be stopped and started. Ended by its pid. */
export class OwnEngine {
  private child: ChildProcess | undefined;
  private log = "";
  private readonly rules: string[][] = [];

  private constructor(
    private readonly program: string,
    private readonly folder: string,
    private readonly bridge: Awaited<ReturnType<typeof makeBridge>>,
  ) {}

  static async start(): Promise<OwnEngine> {
    const program = await ensureProgram("dockerd", "docker.io");
    const folder = await mkdtemp(join(tmpdir(), "btest-own-engine-"));
    const engine = new OwnEngine(program, folder, await makeBridge());
    await engine.start();
    return engine;
  }

  get socket(): string {
    return join(this.folder, "docker.sock");
  }

  get host(): string {
    return `unix://${this.socket}`;
  }

  get docker(): Docker {
    return new Docker({ socketPath: this.socket });
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const at = (name: string): string => join(this.folder, name);
    const child = spawn(
      this.program,
      [
        ...[
          "--host",
          this.host,
          "--data-root",
          at("data"),
          "--exec-root",
          at("exec"),
          "--pidfile",
          at("pid"),
        ],
        ...["--iptables=false", "--bridge", this.bridge.name],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-4000)));
    for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
      const answers = await this.docker.ping().then(
        () => true,
        () => false,
      );
      if (answers) return;
      await sleep(200);
    }
    throw new Error(`a second dockerd does not answer at ${this.host}:\n${this.log}`);
  }

  /** As a service manager stops it: containers are stopped with it. */
  async stop(): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }

  /**
   * Lets containers of one network reach each other: this engine leaves the host's firewall alone, and the machine's own drops what
   * it does not know.
   */
  async allowWithin(subnet: string): Promise<void> {
    const rule = ["DOCKER-USER", "--source", subnet, "--destination", subnet, "--jump", "ACCEPT"];
    await promisify(execFile)("iptables", ["--insert", ...rule]);
    this.rules.push(rule);
  }

  /** Copies images from this machine's engine; their ids stay. */
  async load(images: string[]): Promise<void> {
    const file = join(this.folder, "images.tar");
    const run = promisify(execFile);
    await run("docker", ["save", "--output", file, ...images]);
    await run("docker", ["--host", this.host, "load", "--input", file]);
    await rm(file);
  }

  async remove(): Promise<void> {
    await this.stop();
    for (const rule of this.rules) await promisify(execFile)("iptables", ["--delete", ...rule]);
    await this.bridge.remove();
    await rm(this.folder, { recursive: true, maxRetries: 5, retryDelay: 500 });
  }
}
