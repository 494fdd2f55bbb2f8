import * as pulumi from "@pulumi/pulumi";
import {
  containerArgs,
  HardenedContainer,
  type HardenedContainerArgs,
} from "../../components/hardened-container";
import { MockedProgram } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { sampleSettings } from "../support/sample-settings";

const smallest: HardenedContainerArgs = {
  name: "berth-dev-one",
  image: `sha256:${"a".repeat(64)}`,
  engine: sampleSettings.engine,
  network: "berth-dev-network",
  labels: [{ label: "berth.role", value: "one" }],
  memoryMb: 128,
  pids: 64,
  health: { command: ["CMD", "/usr/local/bin/berth-health"], intervalSeconds: 5, startSeconds: 30 },
  healthyWithinSeconds: 120,
};
const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:local:Command";

let program: MockedProgram;
beforeEach(async () => {
  program = await MockedProgram.start(sampleProviders);
});

describe("a hardened container", () => {
  it("has no capability, no way to new privileges, a limit on memory without swap, and comes back after a crash", () => {
    expect(containerArgs(smallest)).toMatchObject({
      capabilities: { drops: ["ALL"], adds: [] },
      securityOpts: ["no-new-privileges"],
      memory: 128,
      memorySwap: 128,
      restart: "unless-stopped",
    });
  });

  it("forwards no packets, whatever networks it joins later", () => {
    expect(containerArgs(smallest).sysctls).toEqual({ "net.ipv4.ip_forward": "0" });
  });

  it("gets back the capabilities that are named, as the engine writes them", () => {
    const { capabilities } = containerArgs({ ...smallest, capabilities: ["SETUID", "CHOWN"] });
    expect(capabilities).toEqual({ drops: ["ALL"], adds: ["CAP_CHOWN", "CAP_SETUID"] });
  });

  it("is on the network that it was given, or on none at all", () => {
    expect(containerArgs(smallest).networkMode).toBe("berth-dev-network");
    const alone = containerArgs({ ...smallest, network: undefined });
    expect(alone.networkMode).toBe("none");
    expect(alone.networksAdvanced).toBeUndefined();
  });

  it("has its durations as the engine writes them back, so that a refresh shows no change", () => {
    const health = { ...smallest.health, intervalSeconds: 60, startSeconds: 3690 };
    expect(containerArgs({ ...smallest, health }).healthcheck).toMatchObject({
      interval: "1m0s",
      startPeriod: "1h1m30s",
    });
    const short = { ...smallest.health, intervalSeconds: 5, startSeconds: 0 };
    expect(containerArgs({ ...smallest, health: short }).healthcheck).toMatchObject({
      interval: "5s",
      startPeriod: "0s",
    });
  });

  it("is asked for its health by the engine too, as often as it says", () => {
    expect(containerArgs(smallest)).toMatchObject({
      healthcheck: { tests: smallest.health.command, interval: "5s", startPeriod: "30s" },
    });
  });

  it("lists variables and mounts in one order, however they came, so that an order is no change", async () => {
    const mounts = ["/b", "/a"].map((target) => ({ type: "volume" as const, source: "v", target }));
    new HardenedContainer("one", { ...smallest, mounts, environment: ["B=2", pulumi.output("A=1")] });
    const { inputs } = await program.only(CONTAINER);
    expect(inputs.envs).toEqual(["A=1", "B=2"]);
    expect(inputs.mounts).toMatchObject([{ target: "/a" }, { target: "/b" }]);
  });

  it("has its processes limited and is waited for until it is healthy, again after every replacement", async () => {
    new HardenedContainer("one", smallest);
    const { inputs } = await program.only(COMMAND);
    expect(inputs.create).toMatch(/ settle --container berth-dev-one --limit 64 --timeout-seconds 120$/);
    expect(inputs.environment).toEqual({ DOCKER_HOST: "unix:///run/engine.sock" });
    expect(inputs.triggers).toEqual(["one-container-id"]);
  });

  it("is settled over TLS where the engine is remote", async () => {
    const engine = { ...smallest.engine, host: "tcp://docker.example:2376", certPath: "/certs" };
    new HardenedContainer("one", { ...smallest, engine });
    expect((await program.only(COMMAND)).inputs.environment).toEqual({
      DOCKER_HOST: "tcp://docker.example:2376",
      DOCKER_CERT_PATH: "/certs",
      DOCKER_TLS_VERIFY: "1",
    });
  });

  it("gets a secret file whose content is a secret, and a local file by its digest without a copy in the state", async () => {
    const files = [
      { path: "/run/secrets/berth/password", content: pulumi.secret("hunter2") },
      { path: "/bundle.pem", source: { path: "/etc/bundle.pem", sha256: "abc" } },
    ];
    new HardenedContainer("one", { ...smallest, files });
    const { inputs, secretInputs } = await program.only(CONTAINER);
    expect(secretInputs).toEqual(["uploads"]);
    expect(inputs.uploads).toEqual([
      { file: "/run/secrets/berth/password", content: "hunter2" },
      { file: "/bundle.pem", source: "/etc/bundle.pem", sourceHash: "abc" },
    ]);
    expect(await program.plainText()).not.toContain("hunter2");
  });
});
