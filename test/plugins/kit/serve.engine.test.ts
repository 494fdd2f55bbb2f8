import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { startEngineStub } from "../../support/engine-stub";

const projectRoot = join(__dirname, "../../..");

describe("a plugin process", () => {
  let engine: Awaited<ReturnType<typeof startEngineStub>>;
  let plugin: ChildProcess;
  let port: number;
  beforeEach(async () => {
    engine = await startEngineStub();
    const words = ["--import", "tsx", join(projectRoot, "plugins/command/main.ts"), engine.address];
    plugin = spawn(process.execPath, words, { cwd: projectRoot, stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(plugin.stdout!), "line")) as [string];
    port = Number(line);
  });
  afterEach(() => {
    plugin.kill("SIGKILL");
    engine.close();
  });

  async function exitCode(): Promise<number | null> {
    const [code] = (await once(plugin, "exit")) as [number | null];
    return code;
  }

  it("prints its port first and answers there", async () => {
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const version = await new Promise((resolve) =>
      client.getPluginInfo(new Empty(), (error, info) => resolve(error ?? info.getVersion())),
    );
    client.close();
    expect(version).toBe("1.2.1");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("ends on %s at once when nothing is under way", async (signal) => {
    const from = Date.now();
    plugin.kill(signal);
    expect(await exitCode()).toBe(0);
    expect(Date.now() - from).toBeLessThan(2_000);
  });

  it("ends at once when its engine is gone", async () => {
    const from = Date.now();
    engine.close();
    expect(await exitCode()).toBe(0);
    expect(Date.now() - from).toBeLessThan(2_000);
  });
});
