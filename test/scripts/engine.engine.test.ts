import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { runCommand } from "../support/run-command";

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-engine-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

test("an engine that answers is used as it is", async () => {
  const { exitCode, output } = await runCommand("scripts/engine", [], {
    folder: projectRoot,
    environment: { BERTH_DATA_ROOT: root },
  });
  expect(output).toMatch(/^Docker engine: answers at /m);
  expect(exitCode).toBe(0);
  expect(fs.readdirSync(root)).toEqual([]);
});

test("an engine elsewhere that does not answer is an error, never a reason to start one here", async () => {
  const { exitCode, output } = await runCommand("scripts/engine", [], {
    folder: projectRoot,
    environment: { BERTH_DATA_ROOT: root, DOCKER_HOST: "tcp://127.0.0.1:1" },
  });
  expect(output).toMatch(
    /no Docker engine answers at DOCKER_HOST=tcp:\/\/127\.0\.0\.1:1 .*unset DOCKER_HOST/,
  );
  expect(exitCode).toBe(1);
  expect(fs.readdirSync(root)).toEqual([]);
});

/** A corner of this machine with its own processes, network and /run: an engine there disturbs none outside. */
const OWN_CORNER = ["--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"];
const INSIDE = `set -e
for folder in /run /var/lib/docker /var/lib/containerd; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done
scripts/engine && scripts/engine
tr "\\0" " " < /proc/$(cat "$BERTH_DATA_ROOT/dockerd.pid")/cmdline`;
const canOpenCorner =
  spawnSync("unshare", [...OWN_CORNER, "mount", "-t", "tmpfs", "tmpfs", "/run"]).status === 0 &&
  spawnSync("sh", ["-c", "PATH=$PATH:/usr/sbin command -v dockerd"]).status === 0;

// A host whose user may not do this may not start an engine either.
if (canOpenCorner) {
  test("without an engine, root gets one started that outlives the script, with its log in the data root", async () => {
    const { exitCode, output } = await runCommand("unshare", [...OWN_CORNER, "sh", "-c", INSIDE], {
      folder: projectRoot,
      environment: { BERTH_DATA_ROOT: root, BERTH_START_ENGINE: "", DOCKER_HOST: "" },
    });
    expect(output).toMatch(/dockerd runs as process \d+; stop it with: kill \d+/);
    expect(output).toContain("Docker engine: answers at /var/run/docker.sock");
    expect(output.trim().split("\n").at(-1)).toMatch(/^dockerd/);
    expect(exitCode).toBe(0);
    expect(fs.readFileSync(path.join(root, "log/dockerd.log"), "utf8")).toContain("API listen on");
  });

  test("where starting one is forbidden, the error says so", async () => {
    const inside = INSIDE.replace(/scripts\/engine && [^]*/, "scripts/engine");
    const { exitCode, output } = await runCommand("unshare", [...OWN_CORNER, "sh", "-c", inside], {
      folder: projectRoot,
      environment: { BERTH_DATA_ROOT: root, BERTH_START_ENGINE: "no", DOCKER_HOST: "" },
    });
    expect(output).toMatch(/no Docker engine answers at \/var\/run\/docker\.sock .*BERTH_START_ENGINE=no/);
    expect(exitCode).toBe(1);
  });
}
