import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { bundles, ensureBundle } from "../../scripts/toolchain-parts/bundles";

const ATTEMPTS = 100;
const PAUSE_MS = 100;

/** The gateway as its image runs it, as a process of this machine, so that nothing but itself is measured. */
export interface GatewayProcess {
  port: number;
  /** What it holds of the machine's memory now, in MiB (VmRSS of proc(5)). */
  memoryMebibytes(): number;
  stop(): Promise<void>;
}

/** @param settings gateway.json as an object @throws Error with its log when it does not become healthy */
export async function startGatewayProcess(
  settings: { listen: { port: number }; health: { port: number } },
  folder: string,
): Promise<GatewayProcess> {
  const bundle = bundles(["services"]).find(({ source }) => source === "services/gateway");
  if (bundle === undefined) throw new Error("the toolchain knows no bundle of services/gateway");
  await ensureBundle(bundle);
  const file = path.join(folder, "gateway.json");
  fs.writeFileSync(file, JSON.stringify(settings));
  const child = spawn(process.execPath, [...nodeOptions(), bundle.file, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const stop = async (): Promise<void> => {
    const ended = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
  };
  for (let attempt = 0; attempt < ATTEMPTS && child.exitCode === null; attempt++) {
    if (await isHealthy(settings.health.port)) {
      return { port: settings.listen.port, memoryMebibytes: () => residentMebibytes(child.pid ?? 0), stop };
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await stop();
  throw new Error(`the gateway does not become healthy:\n${log}`);
}

/** What the image gives Node. */
function nodeOptions(): string[] {
  const dockerfile = fs.readFileSync(path.join(projectRoot, "images/gateway/Dockerfile"), "utf8");
  const entrypoint = JSON.parse(/^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1] ?? "[]") as string[];
  return entrypoint.filter((argument) => argument.startsWith("--"));
}

function residentMebibytes(pid: number): number {
  const status = fs.readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

const isHealthy = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
