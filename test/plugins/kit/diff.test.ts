import { Asset, UNKNOWN } from "../../../plugins/kit/types";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { BOX, NOTE, samplePlugin } from "./sample-plugin";

describe("Diff", () => {
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await startPlugin(samplePlugin());
  });
  afterAll(() => plugin.close());

  async function changes(
    oldInputs: PlainProperties,
    inputs: PlainProperties,
  ): Promise<Record<string, string>> {
    return (await plugin.diff(BOX, { oldInputs, inputs })).detailed;
  }

  it.each<[string, PlainProperties, PlainProperties, Record<string, string>]>([
    ["nothing", { color: "red" }, { color: "red" }, {}],
    ["a default left out", { size: 1 }, {}, {}],
    ["a default given", {}, { size: 1 }, {}],
    ["an empty list", {}, { labels: [] }, {}],
    ["an empty map gone", { environment: {} }, {}, {}],
    ["a changed value", { color: "red" }, { color: "blue" }, { color: "update" }],
    ["an added value", {}, { color: "blue" }, { color: "add" }],
    ["a removed value", { color: "red" }, {}, { color: "delete" }],
    ["a replacing value", { boxName: "a" }, { boxName: "b" }, { boxName: "update-replace" }],
    ["an ignored value", { comment: "a" }, { comment: "b" }, {}],
    ["a field", { door: { width: 1 } }, { door: { width: 2 } }, { "door.width": "update" }],
    [
      "a map key",
      { environment: { A: "1" } },
      { environment: { "B C": "1" } },
      { "environment.A": "delete", 'environment["B C"]': "add" },
    ],
    [
      "a field of a list that replaces",
      { ports: [{ internal: 80 }] },
      { ports: [{ internal: 81 }] },
      { "ports[0].internal": "update-replace" },
    ],
    [
      "a field with a rule of its own",
      { ports: [{ note: "a" }] },
      { ports: [{ note: "b" }] },
      { "ports[0].note": "update" },
    ],
    ["a longer list", { ports: [] }, { ports: [{ internal: 1 }] }, { ports: "add-replace" }],
    [
      "one more element",
      { ports: [{ internal: 1 }] },
      { ports: [{ internal: 1 }, { internal: 2 }] },
      { "ports[1]": "add-replace" },
    ],
    ["an unordered list in another order", { labels: ["a", "b"] }, { labels: ["b", "a"] }, {}],
    [
      "an unordered list with another element",
      { labels: ["a", "b"] },
      { labels: ["c", "a"] },
      { "labels[0]": "update" },
    ],
    ["an unordered list with one more", { labels: ["a"] }, { labels: ["b", "a"] }, { "labels[0]": "add" }],
    ["an unordered list with one less", { labels: ["a", "b"] }, { labels: ["b"] }, { "labels[0]": "delete" }],
    [
      "an unordered list with a repeated element",
      { labels: ["a", "a"] },
      { labels: ["a"] },
      { "labels[1]": "delete" },
    ],
    ["an unknown", { color: "red" }, { color: UNKNOWN }, { color: "update" }],
    ["an unknown that replaces", { boxName: "a" }, { boxName: UNKNOWN }, { boxName: "update-replace" }],
    ["a new unknown", {}, { color: UNKNOWN }, { color: "add" }],
    ["an unknown field", { door: { width: 1 } }, { door: { width: UNKNOWN } }, { "door.width": "update" }],
    ["an unknown element", { labels: ["a"] }, { labels: [UNKNOWN] }, { "labels[0]": "update" }],
    ["any value, as a whole", { extra: { a: [1] } }, { extra: { a: [2] } }, { "extra.a": "update" }],
    [
      "an asset with the same hash",
      { content: new Asset({ hash: "h" }) },
      { content: new Asset({ text: "x", hash: "h" }) },
      {},
    ],
    [
      "an asset with another hash",
      { content: new Asset({ hash: "h" }) },
      { content: new Asset({ hash: "i" }) },
      { content: "update" },
    ],
    [
      "what a bridged provider keeps for itself",
      { __defaults: [], door: { __defaults: [], width: 1 } },
      { door: { width: 1 } },
      {},
    ],
  ])("sees %s", async (_, oldInputs, inputs, expected) => {
    expect(await changes(oldInputs, inputs)).toEqual(expected);
  });

  it("asks to delete first only when something is replaced", async () => {
    const update = await plugin.diff(BOX, { oldInputs: { color: "red" }, inputs: { color: "blue" } });
    const replace = await plugin.diff(BOX, { oldInputs: { boxName: "a" }, inputs: { boxName: "b" } });
    expect([update.deleteBeforeReplace, replace.deleteBeforeReplace]).toEqual([false, true]);
    expect([update.replaces, replace.replaces]).toEqual([[], ["boxName"]]);
  });

  it("lets the resource add a change, which ignoreChanges can take away", async () => {
    const worn = { state: { label: "worn out" }, oldInputs: {}, inputs: {} };
    expect((await plugin.diff(BOX, worn)).detailed).toEqual({ label: "update-replace" });
    expect((await plugin.diff(BOX, { ...worn, ignoreChanges: ["label"] })).changed).toBe(false);
  });

  it("replaces a resource that cannot be updated", async () => {
    const { detailed } = await plugin.diff(NOTE, { oldInputs: { text: "a" }, inputs: { text: "b" } });
    expect(detailed).toEqual({ text: "update-replace" });
  });

  it("compares provider configuration in the form in which SDKs write it", async () => {
    expect((await plugin.diffConfig({ retry: '{"count":1}' }, { retry: '{ "count": 1 }' })).changed).toBe(
      false,
    );
    expect((await plugin.diffConfig({ retry: '{"count":1}' }, { retry: '{"count":2}' })).detailed).toEqual({
      "retry.count": "update",
    });
    expect((await plugin.diffConfig({ region: "a" }, { region: "b" })).replaces).toEqual(["region"]);
  });
});
