import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dataRoot } from "../../scripts/lib/paths";
import { endLeftovers } from "../../scripts/recover-parts/processes";

jest.setTimeout(60_000);

const children: ChildProcess[] = [];

/** A process as a killed run leaves it. */
async function leave(script: string, run: string): Promise<ChildProcess> {
  const child = spawn("sh", ["-c", `${script}; echo ready; while :; do sleep 0.1; done`], {
    env: { ...process.env, BERTH_RUN: `${dataRoot}#btest#${run}` },
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
    const asked = await endLeftovers("btest", "this", (all) => waitedFor.push(...all.map(({ pid }) => pid)));
    expect(asked.map(({ pid }) => pid)).toContain(left.pid);
    expect(waitedFor).toContain(left.pid);
    expect(await ended).toEqual([3, null]);
    expect(own.exitCode).toBeNull();
  });

  it("is nothing on a host where all has ended", async () => {
    expect(await endLeftovers("btest-none", "this", () => undefined)).toEqual([]);
  });
});
