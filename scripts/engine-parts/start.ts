import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { dataRoot, logFolder } from "../lib/paths";
import { aptInstall, aptObstacle } from "../toolchain-parts/apt";
import { run } from "../toolchain-parts/command";
import { findOnPath } from "../toolchain-parts/files";
import { waitForEngine } from "./answers";

const START_TIMEOUT_MS = 60_000;
/** A service manager may still be about to start what apt has just installed. */
const SERVICE_TIMEOUT_MS = 10_000;
const SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin";

/** The daemon and what it calls (iptables) lie in folders that are not on every PATH. */
function daemonEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH ?? ""}:${SYSTEM_FOLDERS}` };
}

/** Installs Debian's Docker engine where there is none; says whether it did. Throws if that is not possible here. */
export async function installEngine(): Promise<boolean> {
  if (findOnPath("dockerd", daemonEnvironment()) !== undefined) return false;
  const obstacle = aptObstacle();
  if (obstacle !== undefined) {
    throw new Error(
      `no Docker engine is installed and ${obstacle}: install one (docs.docker.com/engine/install)`,
    );
  }
  await aptInstall(["docker.io"], ["docker-cli", "docker-buildx"]);
  return true;
}

/** Lets systemd start the engine, where systemd runs. Returns whether the engine answers then. */
export async function startService(): Promise<boolean> {
  if (!fs.existsSync("/run/systemd/system")) return (await waitForEngine(0)) === undefined;
  await run("systemctl", ["start", "docker"], { timeoutMs: START_TIMEOUT_MS }).catch((error: Error) => {
    process.stderr.write(`  systemd did not start it: ${error.message}\n`);
  });
  return (await waitForEngine(SERVICE_TIMEOUT_MS)) === undefined;
}

function lastLines(file: string, count: number): string {
  return fs.readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}

/**
 * Starts dockerd in a session of its own, so that it outlives this script, with its log and process id in the data root.
 * Resolves when it answers; throws with its last log lines if it ends or stays silent for a minute.
 */
export async function startDaemon(): Promise<number> {
  fs.mkdirSync(logFolder, { recursive: true });
  const logFile = path.join(logFolder, "dockerd.log");
  const log = fs.openSync(logFile, "a");
  const daemon = spawn("dockerd", [], {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
    env: daemonEnvironment(),
  });
  fs.closeSync(log);
  let ended: string | undefined;
  daemon.once("error", (error) => (ended = error.message));
  daemon.once("exit", (code, signal) => (ended = `exit code ${code ?? signal}`));
  const obstacle = await waitForEngine(START_TIMEOUT_MS, () => ended !== undefined);
  if (obstacle !== undefined || daemon.pid === undefined) {
    if (daemon.pid !== undefined && ended === undefined) process.kill(daemon.pid, "SIGTERM");
    throw new Error(
      `the Docker engine was started but ${ended === undefined ? "does not answer" : `ended (${ended})`}. ` +
        `Last lines of ${logFile}:\n${lastLines(logFile, 15)}`,
    );
  }
  fs.writeFileSync(path.join(dataRoot, "dockerd.pid"), `${daemon.pid}\n`);
  daemon.unref();
  return daemon.pid;
}
