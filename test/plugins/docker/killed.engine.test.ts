import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { startEngineStub } from "../../support/engine-stub";
import { PluginClient, type PlainProperties } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { CONTAINER, IMAGE } from "./support/steps";

// What is under way when Pulumi's engine, or the plugin itself, gets SIGKILL. Nothing may be made after that.

const lab = new Lab();
let base: string;
let folder: string;
let engine: Awaited<ReturnType<typeof startEngineStub>>;
let plugin: ChildProcess;
let client: PluginClient;

beforeAll(async () => {
  base = await lab.importImage("base");
  folder = await mkdtemp(join(tmpdir(), "btest-killed-"));
});
afterAll(async () => {
  await lab.dispose();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  engine = await startEngineStub();
  const main = join(__dirname, "../../../plugins/docker/main.ts");
  plugin = spawn(process.execPath, ["--import", "tsx", main, engine.address], {
    cwd: join(__dirname, "../../.."),
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [port] = (await once(createInterface(plugin.stdout!), "line")) as [string];
  const rpc = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  client = new PluginClient(rpc, engine.lines, () => Promise.resolve(rpc.close()));
  await client.configure({});
});
afterEach(async () => {
  if (plugin.exitCode === null && plugin.signalCode === null) {
    plugin.kill("SIGKILL");
    await once(plugin, "exit");
  }
  await client.close();
  engine.close();
});

/** Begins a create whose answer nobody will hear. */
function begin(type: string, inputs: PlainProperties): void {
  client.create(type, inputs).catch(() => undefined);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("30 s passed");
    await sleep(50);
  }
}

/** Whether the engine has containers that are made from the lab's image. */
async function works(): Promise<boolean> {
  const containers = await lab.docker.listContainers({ all: true, filters: { ancestor: [base] } });
  return containers.length > 0;
}

async function kill(whom: string): Promise<void> {
  const ended = once(plugin, "exit");
  if (whom === "plugin") plugin.kill("SIGKILL");
  else engine.close();
  await ended;
}

describe.each(["engine", "plugin"])("after SIGKILL to the %s", (whom) => {
  it("a build stops, and leaves neither image nor container", async () => {
    const name = lab.name(`built-${whom}`);
    await writeFile(join(folder, "Dockerfile"), `FROM ${base}\nRUN echo ${name} && sleep 100\n`);
    begin(IMAGE, {
      imageName: name,
      skipPush: true,
      build: { context: folder, dockerfile: join(folder, "Dockerfile"), builderVersion: "BuilderV1" },
    });
    await until(works);
    await kill(whom);
    await until(async () => !(await works()));
    const images = await lab.docker.listImages({ filters: { reference: [`${name}:*`] } });
    expect(images).toEqual([]);
  });
});

it("a plugin that waits for a container's health ends soon after its engine, and has made nothing more", async () => {
  const name = lab.name("waiting");
  begin(CONTAINER, {
    name,
    image: base,
    command: ["sleep", "100"],
    wait: true,
    waitTimeout: 100,
    healthcheck: { tests: ["CMD", "false"], interval: "1s", retries: 100, startPeriod: "100s" },
  });
  await until(() => lab.containerExists(name));
  const from = Date.now();
  await kill("engine");
  expect(Date.now() - from).toBeLessThan(5_000);
});
