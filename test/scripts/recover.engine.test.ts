import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { LockHolder } from "../../scripts/lib/lock";
import { dataRoot, projectRoot, toolchainRoot } from "../../scripts/lib/paths";
import { thisHost, thisProcess } from "../../scripts/lib/process-identity";
import { endLeftovers } from "../../scripts/recover-parts/processes";
import { runCommand } from "../support/run-command";

const children: ChildProcess[] = [];

/** A process as a killed run leaves it. */
async function leave(script: string, run: string, stack = `${dataRoot}#btest`): Promise<ChildProcess> {
  const child = spawn("sh", ["-c", `${script}; echo ready; while :; do sleep 0.1; done`], {
    env: { ...process.env, BERTH_RUN: `${stack}#${run}` },
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

describe("what a killed run left at work", () => {
  it("is asked to end where it does not by itself, and this run's own processes are left alone", async () => {
    const left = await leave("trap 'exit 3' INT", "killed");
    const own = await leave(":", "this");
    const ended = once(left, "exit");
    const waitedFor: number[] = [];
    const asked = await endLeftovers("btest", { except: "this" }, (all) =>
      waitedFor.push(...all.map(({ pid }) => pid)),
    );
    expect(asked.map(({ pid }) => pid)).toContain(left.pid);
    expect(waitedFor).toContain(left.pid);
    expect(await ended).toEqual([3, null]);
    expect(own.exitCode).toBeNull();
  });

  it("is nothing on a host where all has ended", async () => {
    expect(await endLeftovers("btest-none", { except: "this" }, () => undefined)).toEqual([]);
  });
});

describe("make recover", () => {
  let root: string;
  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-recover-"));
    fs.mkdirSync(path.join(root, "lock"));
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  const recover = () =>
    runCommand("node", ["--import", "tsx", "scripts/recover.ts", "dev"], {
      folder: projectRoot,
      environment: { BERTH_DATA_ROOT: root, BERTH_TOOLCHAIN_ROOT: toolchainRoot },
    });

  function leaveLock(process: LockHolder["process"]): string {
    const file = path.join(root, "lock/dev.json");
    const holder: LockHolder = {
      ...{ id: "killed", stack: "dev", command: "make up ENV=dev", user: "ada" },
      ...{ since: new Date().toISOString(), process, host: thisHost() },
    };
    fs.writeFileSync(file, JSON.stringify(holder));
    return file;
  }

  it("ends what a killed run left at work, whose lock would otherwise stay", async () => {
    const left = await leave(":", "killed", `${root}#dev`);
    const lock = leaveLock({ ...thisProcess(), startedAt: "1" });
    const { exitCode, output } = await recover();
    expect(output).toContain(`ended process ${left.pid} of an earlier run`);
    expect(exitCode).toBe(0);
    expect(left.signalCode).toBe("SIGINT");
    expect(fs.existsSync(lock)).toBe(false);
  });

  it("leaves a run alone that is at work", async () => {
    const working = await leave(":", "killed", `${root}#dev`);
    leaveLock(thisProcess());
    const { exitCode, output } = await recover();
    expect(output).toContain("the stack 'dev' is locked");
    expect(exitCode).not.toBe(0);
    expect(working.exitCode).toBeNull();
    expect(working.signalCode).toBeNull();
  });
});
