import { execFile } from "node:child_process";
import { truncate, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { table } from "../../scripts/lib/table";
import { GatewayBench } from "../../test/services/gateway/support/gateway-bench";
import type { Leftovers } from "../lib/cleanup";
import { requirementsTable, timesTable, type Measured } from "../lib/comparison";
import { inTurn } from "../lib/rounds";
import { startBareRelay } from "./bare-relay";
import { askSteadily, dockerSeconds, holdStream, type Endpoint } from "./calls";
import { startGatewayProcess, type GatewayProcess } from "./gateway-process";
import { startTlsEngine } from "./tls-engine";

const RATE = { perSecond: 200, seconds: 10 };
const MOST_ADDED_MS = 3;
const STREAMS = 500;
const SETTLE_MS = 3_000;
const PREFIX = "btest-bench";
const TARGET = `${PREFIX}-dev-01-target`;
const GIB = 1024 ** 3;

export interface GatewaySettings {
  /** Image of the container that everything goes to and from; it is there already. */
  image: string;
  rounds: number;
}

/** What the gateway costs beside the engine's own TLS endpoint: time of a small call, throughput of large ones, memory. */
export async function measureGateway(
  { image, rounds }: GatewaySettings,
  leftovers: Leftovers,
): Promise<string> {
  const bench = await GatewayBench.withDatabase();
  leftovers.add("the identity database", () => bench.dispose());
  const engine = await startTlsEngine(bench.authority, bench.serverFiles());
  leftovers.add("the engine of the measurement's own", () => engine.stop());
  await loadImage(image, engine.socket, bench.authority.folder);
  const labels = {
    "berth.env": "dev",
    "berth.owner": "01",
    "berth.stack": `${PREFIX}-dev`,
    "berth.role": "app",
  };
  const target = await engine.docker.createContainer({
    ...{
      name: TARGET,
      Image: image,
      Labels: labels,
      Cmd: ["sh", "-c", `head -c ${GIB} /dev/zero >/big; sleep 86400`],
    },
    HostConfig: { NetworkMode: "none" },
  });
  leftovers.add("the container", () => target.remove({ force: true }));
  await target.start();
  const settings = { prefix: PREFIX, stack: `${PREFIX}-dev`, quota: { streams: 2 * STREAMS } };
  const raw = (await bench.rawSettings({ engineSocket: engine.socket, settings })) as {
    listen: { port: number };
    health: { port: number };
  };
  const gateway = await startGatewayProcess(raw, bench.authority.folder);
  leftovers.add("the gateway", () => gateway.stop());
  const relay = await startBareRelay(bench.authority, bench.serverFiles(), engine.socket);
  leftovers.add("the bare relay", () => relay.stop());
  await sleep(SETTLE_MS);
  const idleMebibytes = gateway.memoryMebibytes();
  const certificate = await bench.client({ organisation: PREFIX });
  const common = { rootPem: bench.authority.rootPem, certificate };
  const [through, direct, relayed] = [gateway, engine, relay].map(({ port }) => ({ ...common, port })) as [
    Endpoint,
    Endpoint,
    Endpoint,
  ];
  return [
    `GET /containers/json at ${RATE.perSecond} requests a second, p99 of each round`,
    await smallCalls(through, direct, rounds),
    "",
    "1 GiB each way",
    await largeCalls({ through, direct, relayed }, rounds, await sparseFile(bench.authority.folder)),
    "",
    await heldStreams(through, gateway, idleMebibytes),
  ].join("\n");
}

async function smallCalls(through: Endpoint, direct: Endpoint, rounds: number): Promise<string> {
  const ask = (what: string, endpoint: Endpoint) => ({
    what,
    run: async () => percentile(await askSteadily(endpoint, "/v1.41/containers/json", RATE), 0.99),
  });
  // Code that never ran is slow, and neither side should pay for the other's first time.
  for (const endpoint of [through, direct])
    await askSteadily(endpoint, "/v1.41/containers/json", { perSecond: 100, seconds: 2 });
  const [ours, theirs] = await inTurn(rounds, [ask("gateway", through), ask("engine", direct)]);
  if (!ours || !theirs) throw new Error("a contender has no result");
  const added = ours.seconds
    .map((seconds, round) => (seconds - (theirs.seconds[round] ?? 0)) * 1000)
    .sort((a, b) => a - b);
  const median = added[Math.floor(added.length / 2)] ?? 0;
  return table(
    ["what", "p99 ms", "asked", "met"],
    [
      ...[ours, theirs].map(({ what, seconds }) => [what, (percentile(seconds, 0.5) * 1000).toFixed(2)]),
      ["added", median.toFixed(2), `<= ${MOST_ADDED_MS}`, median <= MOST_ADDED_MS ? "yes" : "NO"],
    ],
  );
}

async function largeCalls(
  { through, direct, relayed }: Record<"through" | "direct" | "relayed", Endpoint>,
  rounds: number,
  file: string,
): Promise<string> {
  const lines = {
    "exec, in": `head -c ${GIB} /dev/zero | docker exec -i ${TARGET} sh -c 'cat >/dev/null'`,
    "exec, out": `docker exec ${TARGET} head -c ${GIB} /dev/zero`,
    "cp, in": `docker cp ${file} ${TARGET}:/mnt/big`,
    "cp, out": `docker cp ${TARGET}:/big -`,
  };
  const measured: Measured[] = [];
  for (const [what, line] of Object.entries(lines)) {
    const contender = (side: string, endpoint: Endpoint) => ({
      what: `${what}, ${side}`,
      run: () => dockerSeconds(endpoint, line),
    });
    const contenders = [
      contender("gateway", through),
      contender("engine", direct),
      contender("HAProxy, which checks nothing", relayed),
    ];
    measured.push(...(await inTurn(rounds, contenders)));
  }
  const required = Object.keys(lines).flatMap((what, index) => {
    const [ours, engine, bare] = measured.slice(3 * index) as [Measured, Measured, Measured];
    return [
      // Throughput is the inverse of time.
      { what: `${what}: throughput through the gateway / at the engine`, of: engine, by: ours, atLeast: 0.8 },
      { what: `${what}: throughput through HAProxy / at the engine`, of: engine, by: bare },
    ];
  });
  return `${timesTable(measured)}\n\n${requirementsTable(required)}`;
}

async function heldStreams(
  through: Endpoint,
  gateway: GatewayProcess,
  idleMebibytes: number,
): Promise<string> {
  const startMs = performance.now();
  const target = `/v1.41/containers/${TARGET}/logs?stdout=1&follow=1`;
  const held = await Promise.all(Array.from({ length: STREAMS }, () => holdStream(through, target)));
  const openedSeconds = (performance.now() - startMs) / 1000;
  await sleep(SETTLE_MS);
  const heldMebibytes = gateway.memoryMebibytes();
  for (const stream of held) stream.destroy();
  await Promise.all(held.map(({ ended }) => ended));
  return table(
    ["the gateway's memory", "MiB"],
    [
      ["idle", idleMebibytes.toFixed(0)],
      [`with ${STREAMS} held streams, opened in ${openedSeconds.toFixed(1)} s`, heldMebibytes.toFixed(0)],
    ],
  );
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

async function sparseFile(folder: string): Promise<string> {
  const file = path.join(folder, "big");
  await writeFile(file, "");
  await truncate(file, GIB);
  return file;
}

async function loadImage(image: string, socket: string, folder: string): Promise<void> {
  const file = path.join(folder, "image.tar");
  const run = promisify(execFile);
  await run("docker", ["save", "--output", file, image]);
  await run("docker", ["--host", `unix://${socket}`, "load", "--input", file]);
}
