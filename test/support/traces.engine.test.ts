import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Makes one of everything, says what, and waits to be ended. */
const SERIES = `
  const { spawn } = require("node:child_process");
  const { mkdtempSync } = require("node:fs");
  const { tmpdir } = require("node:os");
  const { join } = require("node:path");
  const { NetworkNamespace } = require("./test/support/network-namespace.ts");
  const { Traces } = require("./test/support/traces.ts");
  const { Workbench } = require("./test/support/workbench.ts");
  const traces = Traces.begin();
  traces.removeOnSignals();
  const folder = mkdtempSync(join(tmpdir(), "btest-"));
  require("node:child_process").execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder]);
  const sleeping = spawn("sleep", ["300"], { detached: true, stdio: "ignore" });
  new Workbench().volume().then((volume) => {
    const made = { traces: traces.folder, folder, pid: sleeping.pid, namespace: new NetworkNamespace().name, volume };
    console.log(JSON.stringify(made));
  });
  setInterval(() => undefined, 1000);
`;
const SWEEP = `require("./test/support/traces.ts").Traces.begin().remove();`;

interface Made {
  traces: string;
  folder: string;
  pid: number;
  namespace: string;
  volume: string;
}

const words = (program: string): string[] => ["--import", "tsx", "--eval", program];

it.each(["SIGTERM", "SIGINT"] as const)("a series that gets %s leaves nothing", async (signal) => {
  const { made, ended } = await series(signal);
  expect(ended[0]).toBe(128 + os.constants.signals[signal]);
  expect(leftOf(made)).toEqual([]);
});

it("what a killed series left is removed at the next one's start, and a living one keeps its own", async () => {
  const { made } = await series("SIGKILL");
  expect(leftOf(made)).toEqual(["process", "mount", "namespace", "volume", "folder"]);
  const living = spawn("node", words(SERIES), { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(living.stdout, "data")) as [Buffer];
  const others = JSON.parse(line.toString()) as Made;
  execFileSync("node", words(SWEEP));
  expect(leftOf(made)).toEqual([]);
  expect(leftOf(others)).toHaveLength(5);
  living.kill("SIGTERM");
  await once(living, "exit");
  expect(leftOf(others)).toEqual([]);
});

async function series(signal: NodeJS.Signals): Promise<{ made: Made; ended: unknown[] }> {
  const child = spawn("node", words(SERIES), { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const ended = once(child, "exit");
  child.kill(signal);
  return { made: JSON.parse(line.toString()) as Made, ended: await ended };
}

function leftOf({ traces, folder, pid, namespace, volume }: Made): string[] {
  const volumes = execFileSync("docker", ["volume", "ls", "--quiet"], { encoding: "utf8" });
  const found = {
    process: fs.existsSync(`/proc/${pid}`) && !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8")),
    mount: fs.readFileSync("/proc/self/mountinfo", "utf8").includes(folder),
    namespace: fs.existsSync(path.join("/run/netns", namespace)),
    volume: volumes.split("\n").includes(volume),
    folder: fs.existsSync(traces),
  };
  return Object.entries(found).flatMap(([what, isThere]) => (isThere ? [what] : []));
}
