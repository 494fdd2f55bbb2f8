import * as path from "node:path";
import { spawn } from "node:child_process";
import { causeOf, Failure } from "../failure";
import { privateFolder } from "../files";
import { mutagenProgram } from "./install";
import { parseSessions, type MutagenSession } from "./session";

/** What a session is made with. */
export interface SessionRequest {
  name: string;
  labels: Record<string, string>;
  /** A file in the form of mutagen.yml. */
  configurationFile: string;
  /** Folder on the laptop. */
  alpha: string;
  /** Such as docker://10001@container/folder. */
  beta: string;
}

/** Longest address of a socket that every system takes (sun_path of unix(7), macOS has the shortest). */
const LONGEST_SOCKET = 103;
const TIMEOUT_MS = 120_000;

/**
 * Mutagen in a berth home, with a daemon and data of its own: a user's other Mutagen is never touched.
 * Every method throws a Failure with Mutagen's own words where it fails.
 */
export class Mutagen {
  readonly program: string;
  readonly dataFolder: string;
  readonly environment: NodeJS.ProcessEnv;

  /** @param docker DOCKER_HOST and the like: kept in the sessions that are created. */
  constructor(
    readonly home: string,
    docker: Record<string, string> = {},
  ) {
    this.program = mutagenProgram(home);
    this.dataFolder = path.join(home, "sync", "data");
    this.environment = { ...process.env, ...docker, MUTAGEN_DATA_DIRECTORY: this.dataFolder };
    // One of these would overrule or contradict DOCKER_HOST.
    for (const name of ["DOCKER_CONTEXT", "DOCKER_API_VERSION", "MUTAGEN_SSH_PATH"])
      delete this.environment[name];
  }

  /** Starts the daemon where it does not run; sessions that were not paused go on. */
  async startDaemon(): Promise<void> {
    const socket = path.join(this.dataFolder, "daemon", "daemon.sock");
    if (process.platform !== "win32" && socket.length > LONGEST_SOCKET) {
      throw new Failure(
        `the path of Mutagen's socket, ${socket}, has more than ${LONGEST_SOCKET} characters, which no system takes: choose a shorter home with --home or BERTH_HOME`,
      );
    }
    privateFolder(this.dataFolder);
    await this.run("daemon", "start");
  }

  /** Ends the daemon; sessions stay, and go on with the next start. */
  async stopDaemon(): Promise<void> {
    await this.run("daemon", "stop");
  }

  /** Whether the daemon answers; never starts it. */
  async isRunning(): Promise<boolean> {
    const alone = { ...this.environment, MUTAGEN_DISABLE_AUTOSTART: "1" };
    return this.execute(["sync", "list", "--template", "{{len .}}"], alone).then(
      () => true,
      () => false,
    );
  }

  /** All sessions, whoever they are of. */
  async list(): Promise<MutagenSession[]> {
    return parseSessions(await this.run("sync", "list", "--template", "{{json .}}"));
  }

  async find(name: string): Promise<MutagenSession | undefined> {
    return (await this.list()).find((session) => session.name === name);
  }

  /** Creates a session; returns when both ends are connected. */
  async create({ name, labels, configurationFile, alpha, beta }: SessionRequest): Promise<void> {
    const labelled = Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`);
    const options = ["--no-global-configuration", `--configuration-file=${configurationFile}`];
    await this.run("sync", "create", `--name=${name}`, ...labelled, ...options, alpha, beta);
  }

  /** Connects again at once where it is not connected. */
  async resume(...sessions: string[]): Promise<void> {
    if (sessions.length > 0) await this.run("sync", "resume", ...sessions);
  }

  async pause(...sessions: string[]): Promise<void> {
    if (sessions.length > 0) await this.run("sync", "pause", ...sessions);
  }

  async terminate(...sessions: string[]): Promise<void> {
    if (sessions.length > 0) await this.run("sync", "terminate", ...sessions);
  }

  /** A whole cycle, with both sides looked through anew. */
  async flush(...sessions: string[]): Promise<void> {
    if (sessions.length > 0) await this.run("sync", "flush", ...sessions);
  }

  /** Whether a whole cycle goes through in this time. */
  async flushWithin(session: string, milliseconds: number): Promise<boolean> {
    return this.execute(["sync", "flush", session], this.environment, milliseconds).then(
      () => true,
      () => false,
    );
  }

  private run(...words: string[]): Promise<string> {
    return this.execute(words, this.environment);
  }

  private execute(words: string[], environment: NodeJS.ProcessEnv, timeoutMs = TIMEOUT_MS): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.program, words, {
        env: environment,
        stdio: ["ignore", "pipe", "pipe"],
      });
      // Not spawn's own `timeout`, whose timer goes on where the program is not there: the command would not end before.
      const timer = setTimeout(() => child.kill(), timeoutMs);
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.on("error", (error) => {
        clearTimeout(timer);
        reject(this.notRun(error));
      });
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        if (code === 0) return resolve(stdout);
        const said = stderr.trim().replace(/^Error: /m, "") || stdout.trim();
        const why = signal === null ? said : `it took longer than ${timeoutMs / 1000} s`;
        reject(new Failure(`mutagen ${words.slice(0, 2).join(" ")}: ${why}`));
      });
    });
  }

  private notRun(error: Error): Failure {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "is not there" : causeOf(error);
    return new Failure(`${this.program} ${why}: run \`berth dev init\`, which installs it`, undefined, {
      cause: error,
    });
  }
}
