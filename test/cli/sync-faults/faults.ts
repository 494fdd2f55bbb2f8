import * as fs from "node:fs";
import type { OwnEngine } from "../../support/own-engine";
import type { Fault } from "./fault";
import { digest, type FaultLaptop } from "./fault-laptop";

/** The cable is pulled, and put in again. */
export function networkCut(seconds: number): Fault {
  return {
    kind: "network cut",
    name: `network cut for ${Number(seconds.toFixed(1))} s`,
    lastsMs: seconds * 1_000,
    begin: ({ network }) => {
      network.cut();
      return () => network.heal();
    },
  };
}

/** The gateway's process is killed, and started again. */
export const gatewayRestart: Fault = {
  kind: "gateway restart",
  name: "gateway restart",
  lastsMs: 1_000,
  begin: async ({ sync }) => {
    await sync.lab.stopGateway();
    return () => sync.lab.startGateway();
  },
};

/** Mutagen's daemon is killed on the laptop, and nobody but the guard starts it again. */
export const daemonKilled: Fault = {
  kind: "Mutagen daemon killed",
  name: "Mutagen daemon killed",
  lastsMs: 0,
  begin: (laptop) => {
    for (const pid of processesOf(laptop, "daemon run")) process.kill(pid, "SIGKILL");
    return () => undefined;
  },
};

/** Every process of the laptop stands still, and then goes on as if nothing had been. */
export function suspended(seconds: number): Fault {
  return {
    kind: "laptop suspended",
    name: `laptop suspended for ${Number(seconds.toFixed(1))} s`,
    lastsMs: seconds * 1_000,
    begin: (laptop) => {
      const pids = processesOf(laptop, "");
      for (const pid of pids) process.kill(pid, "SIGSTOP");
      return () => {
        for (const pid of pids) process.kill(pid, "SIGCONT");
      };
    },
  };
}

/** The engine is stopped with all its containers, both sides are edited, and it is started again. */
export function engineRestart(engine: OwnEngine): Fault {
  return {
    kind: "engine restart",
    name: "engine restart",
    lastsMs: 0,
    begin: async () => {
      await engine.stop();
      return () => engine.start();
    },
  };
}

const FULL_WITHIN_MS = 20_000;

/** Nothing goes in any more on the engine's side, while the laptop adds a file and makes another one larger; then there is room again. */
export const diskFull: Fault = {
  kind: "disk full on the shared host",
  name: "disk full on the shared host",
  lastsMs: 1_000,
  begin: ({ disk }) => {
    if (!disk) throw new Error("a laptop without a disk of its own cannot have a full one");
    return () => disk.makeRoom();
  },
  meanwhile: async (fault, { number, expected }) => {
    const { laptop, disk } = fault;
    disk?.fill();
    const [larger = ""] = [...expected.keys()].filter((name) => /[02468]\.txt$/.test(name));
    const before = fault.readThere(larger);
    const files = {
      "large.bin": Buffer.alloc(2 * 2 ** 20, `large ${number}`),
      [larger]: Buffer.alloc(2 ** 18, `larger ${number}`),
    };
    laptop.write(files);
    for (const [name, content] of Object.entries(files)) expected.set(name, digest(content));
    let said = "";
    const isNamed = async (): Promise<boolean> => {
      said = (await laptop.sync("status", "shop")).output;
      return /large\.bin .*no space left on device/.test(said);
    };
    const problems: string[] = [];
    await laptop
      .until("the problem in berth sync status", isNamed, FULL_WITHIN_MS)
      .catch((error: Error) => problems.push(`${error.message}: ${said}`));
    if (!fault.readThere(larger).equals(before)) problems.push(`${larger} is half written on a full disk`);
    return problems;
  },
};

/** Of this laptop alone: its home is in their environment. */
function processesOf({ laptop }: FaultLaptop, words: string): number[] {
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
