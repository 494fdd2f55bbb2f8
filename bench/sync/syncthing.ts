import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aptInstall, aptObstacle } from "../../scripts/toolchain-parts/apt";
import { findOnPath } from "../../scripts/toolchain-parts/files";
import { freePort } from "../../test/support/free-port";
import { timedOrThrow } from "../lib/command";
import type { Leftovers } from "../lib/cleanup";
import type { EditedTree } from "./hot-edits";

const READY_WITHIN_MS = 120_000;
/** The shortest that every version takes; the default is ten seconds. */
const WATCH_DELAY_SECONDS = 1;

interface Device {
  home: string;
  id: string;
  apiPort: number;
  listenPort: number;
  folder: string;
}

/** Two Syncthings on this machine, each with its folder. @throws Error where it cannot be installed or does not get ready. */
export async function syncthing(
  tree: { folder: string; source: string; names: string[] },
  leftovers: Leftovers,
): Promise<EditedTree> {
  if (findOnPath("syncthing", process.env) === undefined) {
    const obstacle = aptObstacle();
    if (obstacle !== undefined) throw new Error(obstacle);
    await aptInstall(["syncthing"]);
  }
  const seen = path.join(tree.folder, "syncthing-there");
  fs.mkdirSync(seen);
  const devices = [await device(tree.folder, "here", tree.source), await device(tree.folder, "there", seen)];
  for (const one of devices) {
    fs.writeFileSync(path.join(one.home, "config.xml"), configuration(one, devices));
    start(one.home, leftovers);
  }
  const last = tree.names[tree.names.length - 1] ?? "";
  const deadline = Date.now() + READY_WITHIN_MS;
  const count = (): number => fs.readdirSync(seen, { recursive: true }).length;
  while (!fs.existsSync(path.join(seen, last)) || count() < tree.names.length) {
    if (Date.now() > deadline)
      throw new Error(`Syncthing had ${count()} names after ${READY_WITHIN_MS / 1000} s`);
    await sleep(500);
  }
  await sleep(3_000);
  return { source: tree.source, seen, names: tree.names };
}

async function device(root: string, name: string, folder: string): Promise<Device> {
  const home = path.join(root, `syncthing-${name}`);
  await timedOrThrow("syncthing", ["generate", `--home=${home}`, "--no-default-folder"]);
  const { output } = await timedOrThrow("syncthing", ["--home", home, "--device-id"]);
  return {
    home,
    id: output.trim().split("\n").pop() ?? "",
    apiPort: await freePort(),
    listenPort: await freePort(),
    folder,
  };
}

function configuration(own: Device, all: Device[]): string {
  const devices = all.map(({ id }) => `<device id="${id}"/>`).join("");
  const known = all.map(
    ({ id, listenPort }) =>
      `<device id="${id}" name="x" compression="never"><address>tcp://127.0.0.1:${listenPort}</address></device>`,
  );
  return `<configuration version="35">
<folder id="tree" label="tree" path="${own.folder}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="${WATCH_DELAY_SECONDS}">
<filesystemType>basic</filesystemType>${devices}</folder>
${known.join("\n")}
<gui enabled="true" tls="false"><address>127.0.0.1:${own.apiPort}</address></gui>
<options><listenAddress>tcp://127.0.0.1:${own.listenPort}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled><startBrowser>false</startBrowser></options>
</configuration>`;
}

function start(home: string, leftovers: Leftovers): ChildProcess {
  const child = spawn("syncthing", ["serve", `--home=${home}`, "--no-browser", "--no-restart"], {
    stdio: "ignore",
  });
  leftovers.add("Syncthing", async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  return child;
}
