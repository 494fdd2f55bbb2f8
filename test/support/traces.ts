/** What a series of hours makes on this machine, noted while it is made, so that nothing stays when it is interrupted or killed. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { constants, tmpdir } from "node:os";
import * as path from "node:path";

type Kind = "namespace" | "link" | "docker";

const NAME = /^btest-soak-[0-9a-f]{8}$/;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A process that was killed is gone by then, unless it hangs in the kernel. */
const GONE_WITHIN_MS = 10_000;

/**
 * Notes something that has a name of its own on this machine, for a series that has {@link Traces}; nothing for a test, which removes its
 * things itself. A docker name is the start of names: containers, volumes, networks and images that begin with it.
 */
export function noteMade(kind: Kind, name: string): void {
  const file = process.env.BERTH_TRACES;
  if (file) fs.appendFileSync(file, `${kind} ${name}\n`);
}

/**
 * The traces of one series: its folder for temporary files, the processes that it started (they have its file in their environment),
 * what is mounted below its folder, and what was noted. Everything here is synchronous, so that nothing new is made while it is removed.
 */
export class Traces {
  private constructor(readonly folder: string) {}

  /** Removes what killed series left, and begins new traces: from here on temporary files are made below their folder. */
  static begin(): Traces {
    const base = tmpdir();
    for (const name of fs.readdirSync(base).filter((one) => NAME.test(one))) {
      const left = new Traces(path.join(base, name));
      if (!left.isOwned()) left.remove();
    }
    const traces = new Traces(path.join(base, `btest-soak-${randomBytes(4).toString("hex")}`));
    fs.mkdirSync(traces.folder);
    fs.writeFileSync(traces.ownerFile, `${process.pid} ${startOf(process.pid)}`);
    process.env.TMPDIR = traces.folder;
    process.env.BERTH_TRACES = traces.file;
    return traces;
  }

  removeOnSignals(): void {
    for (const signal of SIGNALS) {
      process.once(signal, () => {
        process.stderr.write(`\n${signal}: removing what was made\n`);
        this.remove();
        process.exit(128 + constants.signals[signal]);
      });
    }
  }

  /** Whatever of it is still there. */
  remove(): void {
    this.endProcesses();
    for (const mounted of mountsBelow(this.folder)) execFileSync("umount", ["--lazy", mounted]);
    const made = fs.existsSync(this.file) ? fs.readFileSync(this.file, "utf8").trim().split("\n") : [];
    for (const line of made) {
      const [kind = "", name = ""] = line.split(" ");
      removeNamed(kind, name);
    }
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private get file(): string {
    return path.join(this.folder, "made");
  }

  private get ownerFile(): string {
    return path.join(this.folder, "owner");
  }

  private isOwned(): boolean {
    if (!fs.existsSync(this.ownerFile)) return false;
    const [pid = "", start = ""] = fs.readFileSync(this.ownerFile, "utf8").split(" ");
    return startOf(pid) === start;
  }

  private endProcesses(): void {
    const deadline = Date.now() + GONE_WITHIN_MS;
    for (let found = this.processes(); found.length > 0; found = this.processes()) {
      if (Date.now() > deadline) throw new Error(`these processes do not end: ${found.join(", ")}`);
      for (const pid of found) killed(pid);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }

  /** Those that were started by the series, and those in containers of an engine of its own. */
  private processes(): number[] {
    const containers = this.containersOfOwnEngines();
    return fs
      .readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid && !isZombie(name))
      .filter(
        (pid) =>
          ofProc(pid, "environ").split("\0").includes(`BERTH_TRACES=${this.file}`) ||
          containers.some((id) => ofProc(pid, "cgroup").includes(id)),
      )
      .map(Number);
  }

  private containersOfOwnEngines(): string[] {
    const engines = fs.existsSync(this.folder)
      ? fs.readdirSync(this.folder).filter((name) => name.startsWith("btest-own-engine-"))
      : [];
    return engines.flatMap((name) => {
      const folder = path.join(this.folder, name, "data", "containers");
      return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    });
  }
}

/** Deepest first. */
function mountsBelow(folder: string): string[] {
  const lines = fs.readFileSync("/proc/self/mountinfo", "utf8").trim().split("\n");
  const points = lines.map((line) => line.split(" ")[4] ?? "");
  return points.filter((point) => point.startsWith(`${folder}/`)).reverse();
}

function removeNamed(kind: string, name: string): void {
  if (kind === "namespace" && succeeds("ip", "netns", "pids", name)) run("ip", "netns", "delete", name);
  if (kind === "link" && succeeds("ip", "link", "show", name)) run("ip", "link", "delete", name);
  if (kind !== "docker") return;
  const listed = (...words: string[]): string[] =>
    run("docker", ...words)
      .split("\n")
      .filter((one) => one.startsWith(name));
  for (const one of listed("ps", "--all", "--format", "{{.Names}}"))
    run("docker", "rm", "--force", "--volumes", one);
  for (const one of listed("volume", "ls", "--format", "{{.Name}}")) run("docker", "volume", "rm", one);
  for (const one of listed("network", "ls", "--format", "{{.Name}}")) run("docker", "network", "rm", one);
  for (const one of listed("images", "--format", "{{.Repository}}:{{.Tag}}"))
    run("docker", "rmi", "--no-prune", one);
}

function run(command: string, ...words: string[]): string {
  return execFileSync(command, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function succeeds(command: string, ...words: string[]): boolean {
  try {
    run(command, ...words);
    return true;
  } catch {
    return false;
  }
}

function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** When a process began, in ticks since the machine did, which tells two of the same number apart (proc(5), stat); "" where there is none. */
function startOf(pid: number | string): string {
  return statOf(pid)[19] ?? "";
}

const isZombie = (pid: string): boolean => statOf(pid)[0] === "Z";

/** What comes after the process's name, which may hold spaces. */
function statOf(pid: number | string): string[] {
  const text = ofProc(`${pid}`, "stat");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function ofProc(pid: string, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
