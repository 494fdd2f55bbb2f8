import * as fs from "node:fs";
import type { OwnEngine } from "../../support/own-engine";
import type { Fault, FaultLab } from "./fault-lab";

/** The cable is pulled, and put in again. */
export function networkCut(seconds: number): Fault {
  return {
    name: `network cut for ${seconds} s`,
    lastsMs: seconds * 1_000,
    begin: ({ network }) => {
      network.cut();
      return () => network.heal();
    },
  };
}

/** The gateway's process is killed, and started again. */
export const gatewayRestart: Fault = {
  name: "gateway restart",
  lastsMs: 1_000,
  begin: async ({ sync }) => {
    await sync.lab.stopGateway();
    return () => sync.lab.startGateway();
  },
};

/** Mutagen's daemon is killed on the laptop, and nobody but the guard starts it again. */
export const daemonKilled: Fault = {
  name: "Mutagen daemon killed",
  lastsMs: 0,
  begin: (lab) => {
    for (const pid of processesOf(lab, "daemon run")) process.kill(pid, "SIGKILL");
    return () => undefined;
  },
};

/** Every process of the laptop stands still, and then goes on as if nothing had been. */
export function suspended(seconds: number): Fault {
  return {
    name: `laptop suspended for ${seconds} s`,
    lastsMs: seconds * 1_000,
    begin: (lab) => {
      const pids = processesOf(lab, "");
      for (const pid of pids) process.kill(pid, "SIGSTOP");
      return () => {
        for (const pid of pids) process.kill(pid, "SIGCONT");
      };
    },
  };
}

/** The engine is stopped with all its containers, and started again. */
export function engineRestart(engine: OwnEngine): Fault {
  return {
    name: "engine restart",
    lastsMs: 0,
    begin: async (lab) => {
      // Nobody can edit in a container that does not run: the edits come after the engine is back.
      await engine.stop();
      await engine.start();
      await lab.untilContainerRuns();
      return () => undefined;
    },
  };
}

/** Of this laptop alone: its home is in their environment. */
export function processesOf({ laptop }: FaultLab, words: string): number[] {
  const mark = laptop.laptop.home;
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => read(pid, "environ").split("\0").includes(`HOME=${mark}`))
    .filter((pid) => read(pid, "cmdline").replaceAll("\0", " ").includes(words))
    .map(Number);
}

function read(pid: string, file: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
