import { Asset, UNKNOWN } from "../../../plugins/kit/types";
import { secret, startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { BOX, NOTE, samplePlugin } from "./sample-plugin";

describe("Check", () => {
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await startPlugin(samplePlugin());
  });
  afterAll(() => plugin.close());

  it("fills defaults in and leaves out what is null", async () => {
    const { inputs, failures } = await plugin.check(BOX, { boxName: "b", color: null });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ boxName: "b", size: 1 });
  });

  it("tells all problems at once, each at its path and without the value", async () => {
    const { failures } = await plugin.check(BOX, {
      size: 1.5,
      color: "hunter2",
      door: { lock: 3, widht: 2 },
      labels: ["a", 7],
      environment: { "a b": true },
      passwort: "hunter2",
    });
    expect(failures.map((failure) => failure.property).sort()).toEqual(
      [
        "color",
        "door.lock",
        "door.widht",
        "door.width",
        'environment["a b"]',
        "labels[1]",
        "passwort",
        "size",
      ].sort(),
    );
    expect(JSON.stringify(failures)).not.toContain("hunter2");
    const reason = (property: string) => failures.find((failure) => failure.property === property)?.reason;
    expect(reason("passwort")).toContain('did you mean "password"?');
    expect(reason("door.width")).toContain("is required");
    expect(reason("size")).toBe('"size" must be a whole number, and is a number');
    expect(reason("color")).toBe('"color" must be one of red, blue');
  });

  it("lists the properties there are when a name is near none of them", async () => {
    const { failures } = await plugin.check(NOTE, { somethingElse: 1 });
    expect(failures[0]?.reason).toBe(`${NOTE} has no property "somethingElse": it has text`);
  });

  it("lets unknowns pass everywhere", async () => {
    const given: PlainProperties = {
      boxName: UNKNOWN,
      size: UNKNOWN,
      door: UNKNOWN,
      labels: [UNKNOWN],
      color: UNKNOWN,
    };
    const { inputs, failures } = await plugin.check(BOX, { ...given, content: UNKNOWN });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...given, content: UNKNOWN });
  });

  it("keeps assets, and takes them only where an asset belongs", async () => {
    const asset = new Asset({ text: "hello", hash: "h" });
    const { inputs, failures } = await plugin.check(BOX, { boxName: "b", content: asset, color: asset });
    expect(inputs["content"]).toEqual(asset);
    expect(failures).toEqual([{ property: "color", reason: '"color" must be a string, and is an asset' }]);
  });

  it("keeps secrets secret, also those inside a list, and those of the schema", async () => {
    const { inputs } = await plugin.check(BOX, {
      boxName: "b",
      labels: ["a", secret("b")],
      password: "hunter2",
    });
    expect(inputs["labels"]).toEqual(secret(["a", "b"]));
    expect(inputs["password"]).toEqual(secret("hunter2"));
  });

  it("asks the resource only when types are right", async () => {
    const refused = await plugin.check(BOX, { size: 13 });
    expect(refused.failures).toEqual([{ property: "size", reason: "size 13 is unlucky: take another" }]);
  });

  describe("a physical name that the program leaves out", () => {
    const seed = new Uint8Array([1, 2, 3]);

    it("is the logical name and seven hex digits, the same for the same seed", async () => {
      const first = await plugin.check(BOX, {}, { name: "web", seed });
      const second = await plugin.check(BOX, {}, { name: "web", seed });
      expect(first.inputs["boxName"]).toMatch(/^web-[0-9a-f]{7}$/);
      expect(second.inputs["boxName"]).toBe(first.inputs["boxName"]);
    });

    it("stays over updates", async () => {
      const { inputs } = await plugin.check(
        BOX,
        {},
        { name: "web", oldInputs: { boxName: "web-0a1b2c3" }, seed },
      );
      expect(inputs["boxName"]).toBe("web-0a1b2c3");
    });

    it("replaces a name that the program gave before", async () => {
      const { inputs } = await plugin.check(BOX, {}, { name: "web", oldInputs: { boxName: "mine" }, seed });
      expect(inputs["boxName"]).toMatch(/^web-[0-9a-f]{7}$/);
    });
  });

  it("refuses a type it does not have by name and says what to do", async () => {
    await expect(plugin.check("sample:index:Bax", {})).rejects.toThrow(
      "the resource type sample:index:Bax is not known to this stand-in for the sample plugin " +
        "(did you mean sample:index:Box?). This stand-in covers sample:index:Box, sample:index:Note; " +
        "for others install the official plugin: pulumi plugin install resource sample 1.2.3",
    );
  });
});
