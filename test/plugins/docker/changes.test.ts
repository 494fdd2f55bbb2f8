import { definition } from "../../../plugins/docker/definition";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { CHANGES, REFUSED } from "./support/change-table";

let plugin: PluginClient;

beforeAll(async () => {
  // No engine is needed to tell what a change means.
  plugin = await startPlugin(definition, {
    host: "unix:///nowhere/docker.sock",
    disableDockerDaemonCheck: true,
  });
});
afterAll(() => plugin.close());

test("the table has a row for every input of every resource", () => {
  for (const [type, { properties }] of Object.entries(definition.resources)) {
    const told = CHANGES[type]!.map(({ property }) => property.split(".")[0]);
    expect({ type, inputs: [...new Set([...told, ...(REFUSED[type] ?? [])])].sort() }).toEqual({
      type,
      inputs: Object.keys(properties).sort(),
    });
  }
});

describe.each(Object.entries(CHANGES))("a change of %s", (type, rows) => {
  test.each(rows)("in $property means $means ($source)", async ({ property, from, to, means }) => {
    const root = property.split(".")[0]!;
    const answer = await plugin.diff(type, {
      oldInputs: { [root]: from } as PlainProperties,
      inputs: { [root]: to } as PlainProperties,
    });
    expect({ changed: answer.changed, replaces: answer.replaces }).toEqual({
      changed: means !== "nothing",
      replaces: means === "replace" ? [root] : [],
    });
  });
});

test.each([
  ["docker:index/container:Container", { name: "a" }, { name: "b" }],
  ["docker:index/network:Network", { name: "a" }, { name: "b" }],
  ["docker:index/volume:Volume", { labels: [{ label: "a", value: "1" }] }, {}],
  ["docker:index/remoteImage:RemoteImage", { pullTriggers: ["1"] }, { pullTriggers: ["2"] }],
])(
  "a replaced %s is deleted first, because both cannot be there at once",
  async (type, oldInputs, inputs) => {
    expect((await plugin.diff(type, { oldInputs, inputs })).deleteBeforeReplace).toBe(true);
  },
);

test("lists that are sets may come in another order", async () => {
  const answer = await plugin.diff("docker:index/container:Container", {
    oldInputs: { envs: ["A=1", "B=2"], ports: [{ internal: 80 }, { internal: 81 }] },
    inputs: { envs: ["B=2", "A=1"], ports: [{ internal: 81 }, { internal: 80 }] },
  });
  expect(answer.changed).toBe(false);
});

test("inputs that the official plugin stored, with its notes beside them, are unchanged", async () => {
  const asked = { name: "c", image: "i", ports: [{ internal: 80, external: 8080 }] };
  const { inputs } = await plugin.check("docker:index/container:Container", asked);
  const stored = {
    ...inputs,
    __defaults: ["restart", "mustRun"],
    ports: [{ __defaults: ["ip", "protocol"], internal: 80, external: 8080, ip: "0.0.0.0", protocol: "tcp" }],
  };
  const answer = await plugin.diff("docker:index/container:Container", { oldInputs: stored, inputs });
  expect(answer.detailed).toEqual({});
});

test.each([
  ["docker:index/secret:Secret"],
  ["docker:index/service:Service"],
  ["docker:index/plugin:Plugin"],
  ["docker:index/buildxBuilder:BuildxBuilder"],
])("%s is refused by name", async (type) => {
  await expect(plugin.check(type, {})).rejects.toThrow(type);
});

test.each(Object.entries(REFUSED).map(([type, [property]]) => [type, property!] as const))(
  "%s refuses %s and says what to do instead",
  async (type, property) => {
    const given: PlainProperties = { name: "a", [property]: {} };
    const { failures } = await plugin.check(type, given);
    expect(failures).toEqual([
      { property, reason: expect.stringMatching(/remove it|build there/) as string },
    ]);
  },
);

test("a misspelt property is refused with the right name", async () => {
  const { failures } = await plugin.check("docker:index/container:Container", {
    image: "i",
    netowrkMode: "none",
  });
  expect(failures).toEqual([
    expect.objectContaining({ reason: expect.stringContaining("networkMode") as string }),
  ]);
});
