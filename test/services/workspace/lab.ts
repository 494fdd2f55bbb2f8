import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { bundles, ensureBundle } from "../../../scripts/toolchain-parts/bundles";
import { pathsBelow, type Paths } from "../../../services/workspace/paths";
import type { WorkspaceStatus } from "../../../spec/workspace/status";
import { freePort } from "../../support/free-port";
import { runCommand, type CommandResult } from "../../support/run-command";

/** nobody: a user that every Linux has. Who runs the tests without being root is that user. */
const USER_ID = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 1);

/** Stands where code-server is: answers its health, says its process id, ends or hangs when it is told. */
const EDITOR = `#!${process.execPath}
const { spawn } = require("node:child_process");
if (process.argv.includes("--install-extension")) process.exit(process.argv.at(-1).startsWith("absent.") ? 1 : 0);
process.on("SIGTERM", () => process.env.DEAF ? undefined : process.exit(0));
if (process.env.DEAF) spawn("sleep", ["300"], { stdio: "ignore", detached: true });
const port = Number(/bind-addr: 0.0.0.0:(\\d+)/.exec(require("node:fs").readFileSync(process.argv[3], "utf8"))[1]);
require("node:http").createServer((request, response) => {
  if (request.url === "/environment") return response.end(JSON.stringify(process.env));
  if (request.url === "/process") return response.end(String(process.pid));
  response.end("ok");
}).listen(port, "127.0.0.1");
`;

/** A workspace of its own below a temporary folder, run as the real program in a real process. */
export class WorkspaceLab {
  readonly root: string;
  readonly paths: Paths;
  editorPort = 0;
  output = "";
  #main = "";
  #child: ChildProcess | undefined;
  #ended: Promise<number> = Promise.resolve(0);

  constructor() {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-workspace-"));
    fs.chmodSync(this.root, 0o755);
    this.paths = pathsBelow(this.root);
  }

  /** With the editor's stand-in, and no load of its own. */
  async prepare(spec: object, secrets: Record<string, string> = {}): Promise<void> {
    const bundle = bundles(["services"]).find(({ source }) => source === "services/workspace");
    if (bundle === undefined) throw new Error("services/workspace is no bundle");
    await ensureBundle(bundle);
    this.#main = this.write("opt/berth/main.js", fs.readFileSync(bundle.file, "utf8"));
    this.editorPort = await freePort();
    this.write("opt/code-server/bin/code-server", EDITOR, 0o755);
    this.write(
      "opt/code-server/node_modules/argon2/index.js",
      "exports.hash = () => Promise.resolve('$argon2id$');",
    );
    this.write("sys/fs/cgroup/cpu.stat", "usage_usec 0\n");
    this.describe(spec);
    for (const [key, value] of Object.entries(secrets)) this.write(`run/secrets/berth/${key}`, value);
    for (const folder of [this.paths.volume, this.paths.run]) {
      fs.mkdirSync(folder, { recursive: true });
      if (process.getuid?.() === 0) fs.chownSync(folder, USER_ID, USER_ID);
    }
  }

  describe(spec: object): void {
    this.write(
      "etc/berth/workspace.json",
      JSON.stringify({ name: "lab", editor: { auth: "proxy" }, ...spec }),
    );
  }

  write(name: string, content: string, mode = 0o644): string {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
    return file;
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), "utf8");
  }

  start(variables: Record<string, string> = {}, minuteMs = 60_000): void {
    this.output = "";
    const args = [...this.#flags(), "--ssh-port=1", `--user-id=${USER_ID}`, `--minute-ms=${minuteMs}`];
    const child = spawn(process.execPath, [this.#main, "run", ...args], {
      env: { PATH: process.env.PATH, GIT_CONFIG_SYSTEM: path.join(this.paths.git, "config"), ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", (code) => resolve(code ?? -1)));
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** The exit code, and how long the end took. */
  async end(signal?: NodeJS.Signals): Promise<{ code: number; tookMs: number }> {
    const since = performance.now();
    if (signal) this.#child?.kill(signal);
    const code = await this.#ended;
    return { code, tookMs: performance.now() - since };
  }

  command(...args: string[]): Promise<CommandResult> {
    return runCommand(process.execPath, [this.#main, ...args, ...this.#flags()]);
  }

  async status(): Promise<WorkspaceStatus> {
    return JSON.parse((await this.command("status", "--json")).stdout) as WorkspaceStatus;
  }

  /** What the editor says. */
  async editor(address: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.editorPort}${address}`)).text();
  }

  async until(what: string, holds: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> {
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(50))
      if (await holds()) return;
    throw new Error(`${what} did not come to be:\n${this.output}`);
  }

  healthy(): Promise<void> {
    return this.until("health", async () => (await this.command("health")).exitCode === 0);
  }

  async dispose(): Promise<void> {
    await this.end("SIGTERM");
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  #flags(): string[] {
    return [`--root=${this.root}`, `--editor-port=${this.editorPort}`];
  }
}
