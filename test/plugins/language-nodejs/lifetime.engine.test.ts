import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { makePulumiProject, type PulumiProject } from "./pulumi-project";

let project: PulumiProject;
beforeAll(async () => {
  project = await makePulumiProject();
});
afterAll(() => project.remove());

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that ended but that nobody has waited for still has an entry.
    return !fs.readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`30 s passed without: ${what}`);
    await sleep(100);
  }
}

/** Starts a preview of a program that never ends; resolves with the engine, the program's and the host's process ids. */
async function startEndlessPreview(): Promise<{ engine: ChildProcess; pids: number[] }> {
  const pidFile = path.join(project.folder, "pids");
  fs.rmSync(pidFile, { force: true });
  project.write({
    "index.ts": `import * as fs from "fs"; fs.writeFileSync("pids.part", process.pid + " " + process.ppid);
fs.renameSync("pids.part", "pids"); setInterval(() => undefined, 1000);`,
  });
  const engine = spawn(project.engine, ["preview", "--non-interactive", "--stack", "dev"], {
    cwd: project.folder,
    env: { ...process.env, ...project.environment },
    stdio: "ignore",
  });
  await until(() => fs.existsSync(pidFile), "the program runs");
  return { engine, pids: fs.readFileSync(pidFile, "utf8").split(" ").map(Number) };
}

test.each(["SIGINT", "SIGKILL"] as const)(
  "neither host nor program outlives an engine that gets %s",
  async (signal) => {
    const { engine, pids } = await startEndlessPreview();
    expect(pids.map(isRunning)).toEqual([true, true]);
    engine.kill(signal);
    await until(() => engine.exitCode !== null || engine.signalCode !== null, "the engine ends");
    await until(() => !pids.some(isRunning), "host and program end");
  },
  90_000,
);

test("pulumi install installs the program's packages", async () => {
  const empty = await makePulumiProject();
  try {
    fs.unlinkSync(path.join(empty.folder, "node_modules"));
    empty.write({
      "package.json": JSON.stringify({ name: "harbour", dependencies: { pier: "file:./pier" } }),
      "pier/package.json": JSON.stringify({ name: "pier", version: "1.0.0" }),
    });
    const { exitCode, output } = await empty.pulumi("install");
    expect(output).toContain("Finished installing dependencies");
    expect(exitCode).toBe(0);
    expect(fs.existsSync(path.join(empty.folder, "node_modules/pier/package.json"))).toBe(true);

    empty.write({
      "package.json": JSON.stringify({ name: "harbour", dependencies: { pier: "file:./gone.tgz" } }),
    });
    const failed = await empty.pulumi("install");
    expect(failed.exitCode).not.toBe(0);
    expect(failed.output).toContain("'npm install --loglevel=error' failed");
  } finally {
    empty.remove();
  }
});

test("pulumi about shows the runtime and the packages of the program", async () => {
  project.write({ "index.ts": "export {};\n" });
  fs.copyFileSync(
    path.join(__dirname, "../../../package-lock.json"),
    path.join(project.folder, "package-lock.json"),
  );
  const { stdout } = await project.pulumi("about", "--json", "--stack", "dev");
  const about = JSON.parse(stdout) as {
    runtime: Record<string, string>;
    dependencies: { name: string; version: string }[];
  };
  expect(about.runtime).toMatchObject({
    language: "nodejs",
    version: process.version,
    packagemanager: "npm",
  });
  expect(about.dependencies).toContainEqual({ name: "@pulumi/pulumi", version: "3.256.0" });
});
