import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { bundles, ensureBundle } from "../../../scripts/toolchain-parts/bundles";
import { runCommand, Workbench, type CommandResult } from "../../support/workbench";

export interface SshOptions {
  user?: string;
  options?: string[];
  flags?: string[];
  program?: "ssh" | "sftp";
  input?: string;
  /** Through the published port, as from anywhere. */
  direct?: boolean;
}

/** A workspace's container, and a key that may log in to it. */
export class WorkspaceLab {
  readonly bench = new Workbench();
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-workspace-"));
  private readonly started: string[] = [];
  private readonly auditFolder = path.join(this.folder, "audit");
  readonly keyFile = path.join(this.folder, "key");

  /** Builds a stage with today's program in it; `args` are the choices that its Dockerfile leaves. */
  async build(target: "remote" | "full", args: Record<string, string> = {}): Promise<string> {
    const bundle = bundles(["services"]).find(({ source }) => source === "services/workspace");
    if (bundle === undefined) throw new Error("services/workspace has no main.ts");
    await ensureBundle(bundle);
    return this.bench.build("images/workspace", { target, tag: `workspace-${target}`, args });
  }

  /** Starts a workspace and waits until its health check succeeds; returns its container. */
  async start(suffix: string, image: string): Promise<string> {
    const key = await this.publicKey();
    const spec = { name: "probe", authorizedKeys: [key], secrets: ["editor-password"] };
    const container = await this.bench.start(suffix, image, {
      env: { BERTH_WORKSPACE: JSON.stringify(spec) },
      secrets: { "editor-password": "correct horse battery" },
      publish: 2222,
    });
    await this.untilHealthy(container);
    return container;
  }

  /** Starts a container that only waits, with the capabilities of a build. */
  startIdle(suffix: string, image: string): Promise<string> {
    return this.run(suffix, ["--user", "0", "--entrypoint", "sleep", image, "600"]);
  }

  /** Starts a workspace as root, which becomes its user by itself; `flags` are for `docker run`. */
  async startAsRoot(suffix: string, image: string, flags: string[]): Promise<string> {
    const spec = { name: "probe", authorizedKeys: [await this.publicKey()] };
    const workspace = ["--env", `BERTH_WORKSPACE=${JSON.stringify(spec)}`];
    const container = await this.run(suffix, ["--user", "0", ...workspace, ...flags, image]);
    await this.untilHealthy(container);
    return container;
  }

  private async run(suffix: string, args: string[]): Promise<string> {
    const name = `${this.bench.prefix}-${suffix}`;
    this.started.push(name);
    const { exitCode, stderr } = await this.bench.docker(["run", "--detach", "--name", name, ...args]);
    if (exitCode !== 0) throw new Error(`${name} could not be started: ${stderr}`);
    return name;
  }

  /** A container's own address on the engine's default network. */
  async addressOf(container: string): Promise<string> {
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    return (await this.bench.docker(["inspect", "--format", format, container])).stdout.trim();
  }

  /** Runs ssh (or sftp) against a container; `options` are for its `-o`, `flags` anything else. */
  async ssh(
    container: string,
    command: string[],
    { user = "dev", options = [], flags = [], program = "ssh", input = "", direct = false }: SshOptions = {},
  ): Promise<CommandResult> {
    // Not by the published port: who comes from inside is made to wait for nothing, and this way the tunnel is tried as well.
    const reach = direct
      ? `Port=${await this.bench.port(container, 2222)}`
      : `ProxyCommand=docker exec --interactive ${container} socat - TCP:127.0.0.1:2222`;
    const login = ["BatchMode=yes", "IdentitiesOnly=yes", "ConnectTimeout=10"];
    const trust = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", reach];
    const all = [...options, ...login, ...trust].flatMap((option) => ["-o", option]);
    const target = `${user}@127.0.0.1`;
    return runCommand(program, [...all, "-i", this.keyFile, ...flags, target, ...command], input);
  }

  /** Installs a pinned ssh-audit in an environment of its own. */
  async installSshAudit(): Promise<void> {
    for (const command of [
      ["python3", "-m", "venv", this.auditFolder],
      [`${this.auditFolder}/bin/pip`, "install", "--quiet", "ssh-audit==3.9.0"],
    ]) {
      const { exitCode, stdout, stderr } = await runCommand(command[0] ?? "", command.slice(1));
      if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stdout}${stderr}`);
    }
  }

  async sshAudit(container: string): Promise<CommandResult> {
    const port = await this.bench.port(container, 2222);
    const program = `${this.auditFolder}/bin/ssh-audit`;
    return runCommand(program, ["--no-colors", "--port", String(port), "127.0.0.1"]);
  }

  async dispose(): Promise<void> {
    for (const container of this.started) await this.bench.remove(container);
    await this.bench.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async publicKey(): Promise<string> {
    if (!fs.existsSync(this.keyFile)) {
      await runCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "probe", "-f", this.keyFile]);
    }
    return fs.readFileSync(`${this.keyFile}.pub`, "utf8").trim();
  }

  async untilHealthy(container: string): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { exitCode, stdout, stderr } = await this.bench.exec(container, ["berth-workspace", "health"]);
      if (exitCode === 0) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${container} is not healthy: ${stdout}${stderr}\n${await this.bench.logs(container)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
