import { definition } from "../../../plugins/docker/definition";
import { startPlugin, type PluginClient } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { changes, CONTAINER, make, NETWORK, refresh, VOLUME } from "./support/steps";

const lab = new Lab();
let plugin: PluginClient;
let image: string;

beforeAll(async () => {
  [plugin, image] = await Promise.all([startPlugin(definition), lab.importImage()]);
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
});

describe("a network", () => {
  test("is made with its subnet, options and labels, and tells what the engine chose", async () => {
    const subnet = lab.subnet();
    const given = {
      name: lab.name("full"),
      ipamConfigs: [{ subnet, gateway: subnet.replace("0/24", "1") }],
      options: { "com.docker.network.bridge.enable_icc": "false" },
      labels: [
        { label: "b", value: "2" },
        { label: "a", value: "1" },
      ],
      internal: true,
    };
    const made = await make(plugin, NETWORK, given);
    const found = await lab.docker.getNetwork(made.id).inspect();
    expect(found).toMatchObject({
      Name: given.name,
      Internal: true,
      Labels: { a: "1", b: "2" },
      IPAM: { Config: [{ Subnet: subnet }] },
      Options: given.options,
    });
    expect(made.state).toMatchObject({ driver: "bridge", scope: "local", name: given.name });
    expect(await changes(plugin, NETWORK, made, given)).toEqual({});
    const refreshed = await refresh(plugin, NETWORK, made);
    expect(refreshed?.inputs).toEqual(made.inputs);
    await plugin.delete(NETWORK, made);
    await expect(lab.docker.getNetwork(made.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("gets a name of its own where the program gives none", async () => {
    const { inputs } = await plugin.check(NETWORK, {}, { name: `${lab.prefix}-auto` });
    expect(inputs.name).toMatch(new RegExp(`^${lab.prefix}-auto-[0-9a-f]{7}$`));
  });

  test("removed by hand reads as gone, and its deletion succeeds", async () => {
    const made = await make(plugin, NETWORK, { name: lab.name("gone") });
    await lab.docker.getNetwork(made.id).remove();
    expect(await refresh(plugin, NETWORK, made)).toBeUndefined();
    await plugin.delete(NETWORK, made);
  });

  test("is imported by its name, with inputs that a program can repeat unchanged", async () => {
    const given = { name: lab.name("import"), ipamConfigs: [{ subnet: lab.subnet() }], internal: true };
    const made = await make(plugin, NETWORK, given);
    const imported = (await plugin.read(NETWORK, given.name))!;
    expect(imported.id).toBe(made.id);
    expect(imported.inputs).toMatchObject({
      name: given.name,
      internal: true,
      ipamConfigs: given.ipamConfigs,
    });
    await plugin.delete(NETWORK, made);
  });

  test("whose name is taken is refused with the ways out", async () => {
    const made = await make(plugin, NETWORK, { name: lab.name("twice") });
    await expect(make(plugin, NETWORK, { name: lab.name("twice") })).rejects.toThrow(
      /already exists.*pulumi import docker:index\/network:Network.*docker network rm/s,
    );
    await plugin.delete(NETWORK, made);
  });

  test("whose subnet is taken is refused with the name of the network that has it", async () => {
    const subnet = lab.subnet();
    const made = await make(plugin, NETWORK, { name: lab.name("first"), ipamConfigs: [{ subnet }] });
    const inner = subnet.replace("0/24", "128/25");
    await expect(
      make(plugin, NETWORK, { name: lab.name("second"), ipamConfigs: [{ subnet: inner }] }),
    ).rejects.toThrow(`Network "${lab.name("first")}" has ${subnet}`);
    await plugin.delete(NETWORK, made);
  });

  test("that is in use is not removed until its container lets go", async () => {
    const made = await make(plugin, NETWORK, { name: lab.name("busy") });
    const user = await make(plugin, CONTAINER, {
      name: lab.name("user"),
      image,
      command: ["sleep", "60"],
      networksAdvanced: [{ name: lab.name("busy") }],
    });
    const deleted = plugin.delete(NETWORK, made);
    await plugin.delete(CONTAINER, user);
    await deleted;
    expect(await refresh(plugin, NETWORK, made)).toBeUndefined();
  });

  test("that stays in use names its users", async () => {
    const made = await make(plugin, NETWORK, { name: lab.name("held") });
    const user = await make(plugin, CONTAINER, {
      name: lab.name("holder"),
      image,
      command: ["sleep", "120"],
      networkMode: lab.name("held"),
    });
    await expect(plugin.delete(NETWORK, made)).rejects.toThrow(`Connected containers: ${lab.name("holder")}`);
    await plugin.delete(CONTAINER, user);
    await plugin.delete(NETWORK, made);
  });
});

describe("a volume", () => {
  test("is made, told, read unchanged and removed", async () => {
    const given = { name: lab.name("data"), labels: [{ label: "a", value: "1" }] };
    const made = await make(plugin, VOLUME, given);
    expect(made).toMatchObject({ id: given.name, state: { driver: "local", name: given.name } });
    expect(made.state.mountpoint).toContain(given.name);
    expect(await changes(plugin, VOLUME, (await refresh(plugin, VOLUME, made))!, given)).toEqual({});
    await plugin.delete(VOLUME, made);
    expect(await refresh(plugin, VOLUME, made)).toBeUndefined();
    await plugin.delete(VOLUME, made);
  });

  test("that exists is taken over with its data, and that is said", async () => {
    const name = lab.name("kept");
    const first = await make(plugin, VOLUME, { name, labels: [{ label: "a", value: "1" }] });
    const second = await make(plugin, VOLUME, { name, labels: [{ label: "a", value: "2" }] });
    expect(second.id).toBe(first.id);
    expect(plugin.lines).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        message: expect.stringContaining("its labels differ") as string,
      }),
    );
    // A refresh must not see the difference: to replace this volume would be to delete its data.
    const refreshed = (await refresh(plugin, VOLUME, second))!;
    expect(await changes(plugin, VOLUME, refreshed, { name, labels: [{ label: "a", value: "2" }] })).toEqual(
      {},
    );
    await plugin.delete(VOLUME, second);
  });

  test("is imported by its name", async () => {
    const made = await make(plugin, VOLUME, {
      name: lab.name("imported"),
      labels: [{ label: "a", value: "1" }],
    });
    const imported = await plugin.read(VOLUME, made.id);
    expect(imported?.inputs).toEqual({
      name: made.id,
      driver: "local",
      labels: [{ label: "a", value: "1" }],
    });
    await plugin.delete(VOLUME, made);
  });

  test("that stays in use names its users", async () => {
    const made = await make(plugin, VOLUME, { name: lab.name("used") });
    const user = await make(plugin, CONTAINER, {
      name: lab.name("volume-user"),
      image,
      command: ["sleep", "120"],
      mounts: [{ type: "volume", source: made.id, target: "/data" }],
    });
    await expect(plugin.delete(VOLUME, made)).rejects.toThrow(
      `Used by containers: ${lab.name("volume-user")}`,
    );
    await plugin.delete(CONTAINER, user);
    await plugin.delete(VOLUME, made);
  });
});

test("getNetwork tells about a network and who is in it", async () => {
  const made = await make(plugin, NETWORK, {
    name: lab.name("asked"),
    ipamConfigs: [{ subnet: lab.subnet() }],
  });
  const user = await make(plugin, CONTAINER, {
    name: lab.name("asked-user"),
    image,
    command: ["sleep", "60"],
    networksAdvanced: [{ name: made.id }],
  });
  const { result } = await plugin.invoke("docker:index/getNetwork:getNetwork", { name: lab.name("asked") });
  expect(result).toMatchObject({
    id: made.id,
    driver: "bridge",
    containers: [{ containerId: user.id, name: lab.name("asked-user") }],
  });
  await plugin.delete(CONTAINER, user);
  await plugin.delete(NETWORK, made);
  await expect(
    plugin.invoke("docker:index/getNetwork:getNetwork", { name: lab.name("asked") }),
  ).rejects.toThrow(/docker network ls/);
});
