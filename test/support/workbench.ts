import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as tar from "tar-stream";
import { noteMade } from "./traces";

const projectRoot = path.resolve(__dirname, "../..");

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  network?: string;
  /** Volume name (or host path) to folder in the container, with ":ro" at its end when it is read-only. */
  volumes?: Record<string, string>;
  /** Default 512. */
  memoryMb?: number;
  env?: Record<string, string>;
  labels?: Record<string, string>;
  /** Kernel settings of the container's own network. */
  sysctls?: Record<string, string>;
  /** File name below /run/secrets/berth to content, there before the container starts. */
  secrets?: Record<string, string>;
  /** A container port to reach from the loopback interface. */
  publish?: number;
  /** Instead of the image's own. */
  entrypoint?: string;
  command?: string[];
}

export interface BuildOptions {
  target?: string;
  runtimeImage?: string;
  /** Default: the folder's name. */
  tag?: string;
  /** Build arguments beyond those that every build has. */
  args?: Record<string, string>;
}

/**
 * Real images, containers, volumes and networks for one test file, all named `btest-<random>-…` and removed by `dispose`. Containers start
 * as Berth starts them: every capability dropped, no new privileges, limits on memory and processes.
 */
export class Workbench {
  readonly prefix = `btest-${randomBytes(4).toString("hex")}`;
  private readonly containers: string[] = [];
  private readonly volumes: string[] = [];
  private readonly networks: string[] = [];
  private readonly images: string[] = [];

  constructor() {
    noteMade("docker", this.prefix);
  }

  /** Runs the docker command; never throws for a non-zero exit. */
  docker(args: string[], input: string | Buffer = ""): Promise<CommandResult> {
    return runCommand("docker", args, input);
  }

  /** Builds an image from a folder, by default below the project; the layers stay in the builder's cache for the next test file. */
  async build(folder: string, options: BuildOptions = {}): Promise<string> {
    const image = `${this.prefix}-${options.tag ?? path.basename(folder)}`;
    const buildArgs = { BERTH_EXTRA_CA_IMAGE: await this.extraCaImage() };
    const args = Object.entries({
      ...buildArgs,
      ...(options.runtimeImage ? { BERTH_RUNTIME_IMAGE: options.runtimeImage } : {}),
      ...options.args,
    }).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    const target = options.target ? ["--target", options.target] : [];
    await this.succeed(["build", "--tag", image, ...args, ...target, path.resolve(projectRoot, folder)]);
    this.images.push(image);
    return image;
  }

  async network(labels: Record<string, string> = {}): Promise<string> {
    const name = `${this.prefix}-net-${this.networks.length}`;
    const flags = Object.entries(labels).flatMap(([label, value]) => ["--label", `${label}=${value}`]);
    await this.succeed(["network", "create", ...flags, name]);
    this.networks.push(name);
    return name;
  }

  /** A volume; with a size, one in memory that can be filled and whose content goes when no container has it. */
  async volume(small?: { sizeMb: number; owner: number }): Promise<string> {
    const name = `${this.prefix}-volume-${this.volumes.length}`;
    const mount = small && `size=${small.sizeMb}m,uid=${small.owner},gid=${small.owner},mode=0700`;
    const options = mount ? ["type=tmpfs", "device=tmpfs", `o=${mount}`].flatMap((o) => ["--opt", o]) : [];
    await this.succeed(["volume", "create", ...options, name]);
    this.volumes.push(name);
    return name;
  }

  /** Creates and starts a hardened container; returns its name. */
  async start(suffix: string, image: string, options: StartOptions = {}): Promise<string> {
    const name = `${this.prefix}-${suffix}`;
    const flags = (flag: string, values: string[]): string[] => values.flatMap((value) => [flag, value]);
    const pairs = (record: Record<string, string> = {}, separator = "="): string[] =>
      Object.entries(record).map(([key, value]) => `${key}${separator}${value}`);
    this.containers.push(name);
    await this.succeed([
      ...["create", "--name", name, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
      ...["--pids-limit", "256", "--memory", `${options.memoryMb ?? 512}m`],
      ...(options.network === undefined ? [] : ["--network", options.network]),
      ...(options.publish === undefined ? [] : ["--publish", `127.0.0.1::${options.publish}`]),
      ...flags("--volume", pairs(options.volumes, ":")),
      ...flags("--env", pairs(options.env)),
      ...flags("--label", pairs(options.labels)),
      ...flags("--sysctl", pairs(options.sysctls)),
      ...(options.entrypoint === undefined ? [] : ["--entrypoint", options.entrypoint]),
      image,
      ...(options.command ?? []),
    ]);
    const archive = await secretsArchive(options.secrets ?? {});
    await this.succeed(["cp", "-", `${name}:/run`], archive);
    await this.succeed(["start", name]);
    return name;
  }

  /** Waits until the image's own health check succeeds inside the container. */
  async waitUntilHealthy(container: string, withinMs = 30_000, path?: string): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const health = await this.exec(container, ["/usr/local/bin/berth-health", ...(path ? [path] : [])]);
      if (health.exitCode === 0) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${container} is not healthy: ${health.stdout}${health.stderr}\n${await this.logs(container)}`,
        );
      }
      await sleep(200);
    }
  }

  /** Waits until the container has ended by itself and returns its exit code. */
  async exitCode(container: string): Promise<number> {
    return Number((await this.succeed(["wait", container])).stdout);
  }

  exec(container: string, command: string[], input = ""): Promise<CommandResult> {
    return this.docker(["exec", "--interactive", container, ...command], input);
  }

  async logs(container: string): Promise<string> {
    const { stdout, stderr } = await this.docker(["logs", container]);
    return stdout + stderr;
  }

  /** Asks the container to stop as an engine does; returns its exit code and how long that took. */
  async stop(container: string): Promise<{ exitCode: number; seconds: number }> {
    const startedMs = Date.now();
    await this.succeed(["stop", container]);
    return { exitCode: await this.exitCode(container), seconds: (Date.now() - startedMs) / 1000 };
  }

  async remove(container: string): Promise<void> {
    await this.succeed(["rm", "--force", container]);
  }

  /** The loopback port behind which a published container port is. */
  async port(container: string, containerPort: number): Promise<number> {
    const { stdout } = await this.succeed(["port", container, `${containerPort}/tcp`]);
    return Number(stdout.trim().split(":").at(-1));
  }

  /** Removes everything this workbench made. */
  async dispose(): Promise<void> {
    if (this.containers.length > 0) await this.docker(["rm", "--force", "--volumes", ...this.containers]);
    for (const network of this.networks) await this.succeed(["network", "rm", network]);
    for (const volume of this.volumes) await this.succeed(["volume", "rm", volume]);
    // --no-prune: the layers below are the builder's cache, which spares the next test file a cold build.
    for (const image of this.images) await this.removeName(image);
  }

  /** Another test file may take its name from the same image at the same moment, which engines answer with an error; the name is gone then. */
  private async removeName(image: string): Promise<void> {
    const removed = await this.docker(["rmi", "--no-prune", image]);
    if (removed.exitCode === 0) return;
    if ((await this.docker(["image", "inspect", image])).exitCode !== 0) return;
    await this.succeed(["rmi", "--no-prune", image]);
  }

  private async succeed(args: string[], input: string | Buffer = ""): Promise<CommandResult> {
    const result = await this.docker(args, input);
    if (result.exitCode !== 0)
      throw new Error(`docker ${args.join(" ")}: ${result.stdout.slice(-2000)}${result.stderr}`);
    return result;
  }

  /** An image with the CA bundle that this machine trusts, since its packages may come through a TLS-inspecting proxy. */
  async extraCaImage(): Promise<string> {
    const image = `${this.prefix}-extra-ca`;
    if (this.images.includes(image)) return image;
    const bundle = process.env.SSL_CERT_FILE ?? "/etc/ssl/certs/ca-certificates.crt";
    const archive = await tarOf({ "extra-ca.pem": fs.existsSync(bundle) ? fs.readFileSync(bundle) : "" });
    await this.succeed(["import", "-", image], archive);
    this.images.push(image);
    return image;
  }
}

function secretsArchive(secrets: Record<string, string>): Promise<Buffer> {
  return tarOf(
    Object.fromEntries(Object.entries(secrets).map(([name, text]) => [`secrets/berth/${name}`, text])),
  );
}

/** An archive with these files. */
export async function tarOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name, mode: 0o644 }, content);
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Runs a program with `input` as its standard input; never throws for a non-zero exit. */
export function runCommand(
  command: string,
  args: string[],
  input: string | Buffer = "",
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") {
        reject(new Error(`${command} could not run: ${error.message}`, { cause: error }));
      }
      resolve({ exitCode: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    // A program that ends without reading its input is no failure of the test's.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
