import { commandPlugin } from "../../../plugins/command/plugin";
import { Asset } from "../../../plugins/kit/types";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";

const LOCAL = "command:local:Command";
const REMOTE = "command:remote:Command";
const COPY = "command:remote:CopyToRemote";

/** pulumi-command 1.2.1: `provider:"replaceOnChanges"` of this property, or none. */
const INPUTS_GO = "provider/pkg/provider/common/inputs.go";
const BASE_GO = "provider/pkg/provider/local/base.go";
const REMOTE_GO = "provider/pkg/provider/remote/command.go";
const COPY_GO = "provider/pkg/provider/remote/copy.go";

type Row = [
  type: string,
  property: string,
  old: PlainProperties[string],
  next: PlainProperties[string],
  outcome: string,
  source: string,
];

const ROWS: Row[] = [
  [LOCAL, "create", "a", "b", "update", INPUTS_GO],
  [LOCAL, "update", "a", "b", "update", INPUTS_GO],
  [LOCAL, "delete", "a", "b", "update", INPUTS_GO],
  [LOCAL, "triggers", [1], [2], "replace", INPUTS_GO],
  [LOCAL, "stdin", "a", "b", "update", BASE_GO],
  [LOCAL, "logging", "none", "stdout", "update", BASE_GO],
  [LOCAL, "interpreter", ["sh"], ["bash"], "update", BASE_GO],
  [LOCAL, "dir", "/a", "/b", "update", BASE_GO],
  [LOCAL, "environment", { A: "1" }, { A: "2" }, "update", BASE_GO],
  [LOCAL, "assetPaths", ["a"], ["b"], "update", BASE_GO],
  [LOCAL, "archivePaths", ["a"], ["b"], "update", BASE_GO],
  [LOCAL, "addPreviousOutputInEnv", true, false, "update", BASE_GO],
  [REMOTE, "create", "a", "b", "update", INPUTS_GO],
  [REMOTE, "update", "a", "b", "update", INPUTS_GO],
  [REMOTE, "delete", "a", "b", "update", INPUTS_GO],
  [REMOTE, "triggers", [1], [1, 2], "replace", INPUTS_GO],
  [REMOTE, "stdin", "a", "b", "update", REMOTE_GO],
  [REMOTE, "logging", "none", "stdout", "update", REMOTE_GO],
  [REMOTE, "connection", { host: "a" }, { host: "b" }, "update", REMOTE_GO],
  [REMOTE, "environment", { A: "1" }, {}, "update", REMOTE_GO],
  [REMOTE, "addPreviousOutputInEnv", true, false, "update", REMOTE_GO],
  [COPY, "connection", { host: "a" }, { host: "b" }, "update", COPY_GO],
  [COPY, "remotePath", "/a", "/b", "update", COPY_GO],
  [
    COPY,
    "source",
    new Asset({ path: "a", hash: "1" }),
    new Asset({ path: "a", hash: "2" }),
    "update",
    COPY_GO,
  ],
  [COPY, "triggers", ["a"], ["b"], "replace", COPY_GO],
];

describe("what a change of a command's input means", () => {
  let plugin: PluginClient;
  beforeAll(async () => {
    plugin = await startPlugin(commandPlugin);
  });
  afterAll(() => plugin.close());

  it.each(ROWS)("%s %s: %j to %j is %s (%s)", async (type, property, old, next, outcome) => {
    const diff = await plugin.diff(type, { oldInputs: { [property]: old }, inputs: { [property]: next } });
    expect([diff.changed, diff.replaces]).toEqual([true, outcome === "replace" ? [property] : []]);
    expect(diff.deleteBeforeReplace).toBe(false);
  });

  it("has a row for every input", () => {
    const tested = ROWS.map(([type, property]) => `${type} ${property}`).sort();
    const inputs = Object.entries(commandPlugin.resources).flatMap(([type, { properties }]) =>
      Object.keys(properties).map((property) => `${type} ${property}`),
    );
    expect(tested).toEqual(inputs.sort());
  });

  it("takes a connection's defaults for no change", async () => {
    const full = { host: "a", port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    const diff = await plugin.diff(REMOTE, {
      oldInputs: { connection: full },
      inputs: { connection: { host: "a" } },
    });
    expect(diff.changed).toBe(false);
  });
});
