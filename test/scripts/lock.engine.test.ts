import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LockHolder } from "../../scripts/lib/lock";
import { startOf, thisHost, thisProcess } from "../../scripts/lib/process-identity";

const projectRoot = path.resolve(__dirname, "../..");

let dataRoot: string;
let contenders: Contender[];

interface Contender {
  child: ChildProcess;
  lines: string[];
  ended: Promise<number | NodeJS.Signals>;
}

beforeEach(() => {
  dataRoot = fs.mkdtempSync(path.join(os.tmpdir(), "btest-lock-"));
  contenders = [];
});

afterEach(async () => {
  for (const { child, ended } of contenders) {
    child.kill("SIGKILL");
    await ended;
  }
  fs.rmSync(dataRoot, { recursive: true });
});

const lockPath = (): string => path.join(dataRoot, "lock/dev.json");

function start(...words: string[]): Contender {
  const child = spawn("node", ["--import", "tsx", path.join(__dirname, "lock-contender.ts"), ...words], {
    cwd: projectRoot,
    env: { ...process.env, BERTH_DATA_ROOT: dataRoot },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  child.stdout.on("data", (chunk: Buffer) => lines.push(...chunk.toString().trim().split("\n")));
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal ?? -1)),
  );
  const contender = { child, lines, ended };
  contenders.push(contender);
  return contender;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error("a minute passed");
    await sleep(10);
  }
}

const said = ({ lines }: Contender, word: string): boolean => lines.some((line) => line.startsWith(word));

/** Starts contenders that wait for each other, and lets them loose together. */
async function race(count: number, task: (start: string) => string[]): Promise<Contender[]> {
  const barrier = path.join(dataRoot, "start");
  const all = Array.from({ length: count }, () => start(...task(barrier)));
  await until(() => all.every((contender) => said(contender, "ready")));
  fs.writeFileSync(barrier, "");
  return all;
}

/** Writes a lock as another process would have left it. */
function leaveLock(changes: Partial<LockHolder>): void {
  const holder: LockHolder = {
    id: "left",
    stack: "dev",
    command: "make up ENV=dev",
    user: "ada",
    since: "2020-01-02T03:04:05.000Z",
    process: { ...thisProcess(), startedAt: "1" },
    host: thisHost(),
    ...changes,
  };
  fs.mkdirSync(path.dirname(lockPath()), { recursive: true });
  fs.writeFileSync(lockPath(), JSON.stringify(holder));
}

/** What one contender that tries now is told. */
async function attempt(): Promise<string> {
  const contender = start("once", dataRoot, dataRoot);
  await contender.ended;
  return contender.lines.at(-1) ?? "";
}

describe("a stack's lock", () => {
  it.each(["no lock", "the lock of a process that is gone"])(
    "is held by exactly one of many that start at once on %s",
    async (before) => {
      if (before !== "no lock") leaveLock({});
      const end = path.join(dataRoot, "end");
      const all = await race(10, (barrier) => ["once", barrier, end]);
      await until(() => all.every((contender) => said(contender, "held") || said(contender, "refused")));
      expect(all.filter((contender) => said(contender, "held"))).toHaveLength(1);
      fs.writeFileSync(end, "");
    },
  );

  it("is never held by two while dead locks come and go", async () => {
    const all = await race(4, (barrier) => ["often", barrier, "5000"]);
    await Promise.all(all.map(({ ended }) => ended));
    const counts = all.map(({ lines }) => /^held (\d+) collisions (\d+)$/.exec(lines.at(-1) ?? ""));
    expect(counts.map((found) => found?.[2])).toEqual(["0", "0", "0", "0"]);
    const held = counts.reduce((sum, found) => sum + Number(found?.[1]), 0);
    expect(held).toBeGreaterThan(20);
    expect(fs.readdirSync(path.dirname(lockPath())).filter((name) => name.startsWith("claim-"))).toEqual([]);
  });

  it("names its holder to who comes second, and how to end it", async () => {
    const holder = start("hold");
    await until(() => said(holder, "held"));
    const answer = await attempt();
    expect(answer).toContain(`'make up ENV=dev' of ${os.userInfo().username}`);
    expect(answer).toContain(`process ${holder.child.pid} on ${os.hostname()}`);
    expect(answer).toMatch(/since \d{4}-\d\d-\d\dT/);
    expect(answer).toContain(`kill -INT ${holder.child.pid}`);
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("is released on %s", async (signal) => {
    const holder = start("hold");
    await until(() => said(holder, "held"));
    holder.child.kill(signal);
    expect(await holder.ended).toBe(128 + os.constants.signals[signal]);
    expect(fs.existsSync(lockPath())).toBe(false);
  });

  it("is released on an error", async () => {
    const holder = start("hold", "fail");
    await holder.ended;
    expect(fs.existsSync(lockPath())).toBe(false);
  });

  it("survives SIGKILL and is cleared by the next who comes", async () => {
    const holder = start("hold");
    await until(() => said(holder, "held"));
    holder.child.kill("SIGKILL");
    await holder.ended;
    expect(fs.existsSync(lockPath())).toBe(true);
    expect(await attempt()).toBe("held");
  });

  it("is not cleared for a process that still runs", async () => {
    leaveLock({ process: thisProcess() });
    expect(await attempt()).toContain("refused");
  });

  it("is cleared where another process has got the dead one's id", async () => {
    leaveLock({ process: { pid: process.pid, startedAt: `${Number(startOf(process.pid)) - 1}` } });
    expect(await attempt()).toBe("held");
  });

  it("is not cleared while something that its process started is at work", async () => {
    leaveLock({ id: "killed-run" });
    const child = spawn("sleep", ["60"], {
      env: { ...process.env, BERTH_RUN: `${dataRoot}#dev#killed-run` },
    });
    try {
      const answer = await attempt();
      expect(answer).toContain(`${child.pid} (sleep 60)`);
      expect(answer).toContain("make recover ENV=dev");
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("of another host is never cleared, and the error says how", async () => {
    leaveLock({ host: { ...thisHost(), hostname: "elsewhere", machineId: "0" } });
    const answer = await attempt();
    expect(answer).toContain("can only be seen on elsewhere");
    expect(answer).toContain(`remove ${lockPath()}`);
  });

  it("from before this host's last boot is cleared", async () => {
    leaveLock({ process: thisProcess(), host: { ...thisHost(), bootId: "earlier" } });
    // Without a machine id nobody can tell a host that was booted from another one of its name.
    expect(await attempt()).toContain(thisHost().machineId === "" ? "refused" : "held");
  });

  it("that is damaged is not cleared, and the error names the file", async () => {
    fs.mkdirSync(path.dirname(lockPath()), { recursive: true });
    fs.writeFileSync(lockPath(), "{");
    expect(await attempt()).toContain(`${lockPath()} is damaged`);
  });
});
