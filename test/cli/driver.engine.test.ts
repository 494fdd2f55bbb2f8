import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { hardenedArgs } from "../../components/app-container";
import { containerArgs } from "../../components/hardened-container";
import { definition } from "../../plugins/docker/definition";
import { parseManifest } from "../../spec/app-manifest";
import { containerSpec, type ContainerSpec } from "../../spec/container-spec";
import { startPlugin, type PlainProperties } from "../support/plugin-client";
import { differences } from "./differences";
import { RunLab, type Inspected } from "./run-lab";
import type { SyncLaptop } from "./sync-lab";

const SECRET = "/run/secrets/berth/stripe-key";
const CONTAINER = "docker:index/container:Container";
const engine = {
  host: "unix:///var/run/docker.sock",
  certPath: undefined,
  socketPath: "/var/run/docker.sock",
};

let lab: RunLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await RunLab.start();
  laptop = await lab.laptop("01");
});
afterAll(() => lab.dispose());

/** The container that Pulumi makes of a spec: by the component's mapping and the provider, at the engine itself. */
async function madeByPulumi(spec: ContainerSpec, image: string): Promise<void> {
  const network = `${lab.prefix}-dev-network`;
  const files = [{ path: SECRET, content: "of both" }];
  const args = containerArgs(hardenedArgs(spec, { image, engine, network, files }));
  const plugin = await startPlugin(definition, { host: engine.host });
  try {
    // The sorted list of variables is an Output, which only a Pulumi program reads.
    const inputs = { ...args, envs: [...spec.environment].sort() } as unknown as PlainProperties;
    const checked = await plugin.check(CONTAINER, inputs);
    await plugin.create(CONTAINER, checked.inputs);
  } finally {
    await plugin.close();
  }
  // What `settle` does next.
  await new Docker().getContainer(spec.name).update({ PidsLimit: spec.pids });
}

it("both drivers make the same container of the same spec", async () => {
  const folder = lab.writeApp(laptop, "shop", "secrets: [stripe-key]\ncapabilities: [CHOWN]\n");
  lab.writeDockerfile(folder);
  await laptop.laptop.shell("printf 'of both' | $BERTH secrets set stripe-key");
  await lab.run(laptop, "shop", "--reload");
  const name = lab.name(laptop);
  const facts = async () => ({
    ...inOrder(await lab.inspect(name)),
    secret: await lab.sync.lab.host("exec", name, "stat", "--format", "%A %u:%g %s", SECRET),
  });
  const byCommand = await facts();
  await lab.fact(laptop, "stop", "shop", "--remove");
  const spec = containerSpec({
    scope: { prefix: lab.prefix, environment: "dev" },
    proxyEnvironment: "dev",
    manifest: parseManifest(fs.readFileSync(path.join(folder, "berth.yaml"), "utf8"), "berth.yaml"),
    developerId: "01",
    reload: true,
    live: { kind: "volume", volume: `${name}-source`, keep: ["node_modules"] },
  });
  await madeByPulumi(spec, byCommand.Image ?? "");
  const byPulumi = await facts();
  await lab.sync.lab.host("rm", "-fv", name);

  const found = differences(byCommand, byPulumi).filter((one) => !OF_THE_INDIVIDUAL.test(one));
  expect(found).toEqual([
    "Config.Labels.org.berth.spec-hash",
    // The gateway limits the logs of what it lets developers make,
    "HostConfig.LogConfig.Config.max-file",
    "HostConfig.LogConfig.Config.max-size",
    // and labels the volumes that come into being with a container.
    "HostConfig.Mounts.0.VolumeOptions.Labels",
    "HostConfig.Mounts.1.VolumeOptions",
  ]);
});

/** The engine lists mounts in any order. */
function inOrder(container: Inspected | undefined): Partial<Inspected> {
  const mounts = [...(container?.Mounts ?? [])];
  return { ...container, Mounts: mounts.sort((a, b) => (a.Destination < b.Destination ? -1 : 1)) };
}

/** What no two containers have in common: ids, times, places on the host, addresses. */
const OF_THE_INDIVIDUAL =
  /^(Id|Created|State\..*|(Resolv|Hostname|Hosts)(Conf)?Path|LogPath|GraphDriver\..*|Config\.Hostname|Mounts\.\d\.(Name|Source)|NetworkSettings\.(Sandbox.*|Networks\.[^.]+\.(Aliases\..*|EndpointID|IPAddress|MacAddress)))$/;

it("an app whose network was made anew while it was stopped is made anew too", async () => {
  await lab.run(laptop, "shop", "--reload");
  await lab.fact(laptop, "stop", "shop");
  const { lab: cli } = lab.sync;
  const [network, sync] = [`${lab.prefix}-dev-network`, lab.name(laptop, "sync")];
  await cli.host("network", "disconnect", "--force", network, sync);
  await cli.host("network", "rm", network);
  await cli.makeNetwork();
  await cli.host("network", "connect", network, sync);
  expect((await lab.run(laptop, "shop", "--reload")).action).toBe("healed");
  expect(await lab.word(laptop)).toBe("one");
});

it("two developers with two apps each, all at the same time, get what is theirs; the same app twice is one container", async () => {
  const other = await lab.laptop("02");
  for (const each of [laptop, other]) {
    fs.rmSync(path.join(each.workspace, "shop", "Dockerfile"), { force: true });
    for (const app of ["shop", "ledger"]) lab.writeApp(each, app);
  }
  const apps = [laptop, other].flatMap(
    (each) =>
      [
        ["shop", each],
        ["ledger", each],
      ] as const,
  );
  const facts = await Promise.all(
    [...apps, ["shop", laptop] as const].map(([app, each]) => lab.run(each, app, "--reload")),
  );
  expect(new Set(facts.map(({ container }) => container)).size).toBe(4);
  laptop.write({ "word.js": 'module.exports = "of 01";\n' });
  await laptop.until("the edit", async () => (await lab.word(laptop)) === "of 01");
  for (const [each, app] of [
    [other, "shop"],
    [laptop, "ledger"],
    [other, "ledger"],
  ] as const) {
    expect(await lab.word(each, app)).toBe("one");
  }
});

it("a run that is killed or interrupted at any moment is mended by the next", async () => {
  const name = lab.name(laptop);
  for (const [round, signal] of (["SIGKILL", "SIGINT", "SIGKILL", "SIGINT"] as const).entries()) {
    // Each round there is something to do: another limit, a container that is gone, a volume of source that is gone.
    lab.writeApp(laptop, "shop", `capabilities: [${["CHOWN", "KILL"][round % 2]}]\n`);
    const words = ["run", "shop", "--reload", "--workspace", laptop.workspace];
    const killed = laptop.laptop.start(...words);
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 2_000));
    killed.kill(signal);
    const { action } = await lab.run(laptop, "shop", "--reload");
    expect(["kept", "started", "created", "replaced", "healed"]).toContain(action);
    expect(await lab.word(laptop)).toBe("one");
  }
  const made = await lab.sync.lab.host("ps", "-a", "--filter", `name=${name}`, "--format", "{{.Names}}");
  expect(made.split("\n")).toEqual([name]);
  const nameless = await lab.sync.lab.host(
    "volume",
    "ls",
    "-q",
    "--filter",
    `label=berth.stack=${lab.prefix}-dev`,
  );
  expect(nameless.split("\n").filter((volume) => /^[0-9a-f]{64}$/.test(volume))).toEqual([]);
});
