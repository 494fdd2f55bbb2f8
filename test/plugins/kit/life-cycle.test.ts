import { status } from "@grpc/grpc-js";

import { UNKNOWN } from "../../../plugins/kit/types";
import type { PluginError } from "../../support/plugin-client";
import { secret, startPlugin, urnOf, type PluginClient } from "../../support/plugin-client";
import { BOX, NOTE, samplePlugin, type World } from "./sample-plugin";

describe("a resource's life", () => {
  let plugin: PluginClient;
  let world: World;
  beforeEach(async () => {
    world = { boxes: new Map(), aborted: [] };
    plugin = await startPlugin(samplePlugin(world));
  });
  afterEach(() => plugin.close());

  it("is create, read, update and delete", async () => {
    const inputs = { boxName: "b", color: "red" };
    const made = await plugin.create(BOX, inputs);
    expect(made.id).toBe("box-1");
    expect(made.state).toEqual({ ...inputs, label: "red box", key: secret("k-1"), summary: "made" });
    world.boxes.set("box-1", { ...world.boxes.get("box-1"), color: "blue" });
    const seen = await plugin.read(BOX, "box-1", { state: made.state, inputs });
    expect(seen?.inputs).toEqual({ boxName: "b", color: "blue" });
    expect(seen?.state["key"]).toEqual(secret("k-1"));
    const next = await plugin.update(BOX, { ...made, oldInputs: inputs, inputs: { ...inputs, size: 2 } });
    expect(next["size"]).toBe(2);
    await plugin.delete(BOX, made);
    expect(world.boxes.size).toBe(0);
    expect(await plugin.read(BOX, "box-1", { state: made.state, inputs })).toBeUndefined();
  });

  it("shows drift: what Read found becomes the base of the next diff", async () => {
    const inputs = { boxName: "b", color: "red" };
    const made = await plugin.create(BOX, inputs);
    world.boxes.set("box-1", { ...world.boxes.get("box-1"), color: "blue" });
    const seen = await plugin.read(BOX, "box-1", { state: made.state, inputs });
    const diff = await plugin.diff(BOX, { state: seen?.state, oldInputs: seen?.inputs ?? {}, inputs });
    expect(diff.detailed).toEqual({ color: "update" });
  });

  it("shows in a preview what is known and leaves the rest unknown, secrets wrapped", async () => {
    const made = await plugin.create(BOX, { boxName: UNKNOWN, color: "red" }, { preview: true });
    expect(made).toEqual({
      id: "",
      state: { boxName: UNKNOWN, color: "red", label: "red box", key: secret(UNKNOWN), summary: UNKNOWN },
    });
    const change = { id: "i", state: made.state, oldInputs: {}, inputs: { extra: secret("e") } };
    const next = await plugin.update(BOX, change, { preview: true });
    expect(next).toMatchObject({ extra: secret("e"), summary: secret(UNKNOWN) });
    expect(world.boxes.size).toBe(0);
  });

  it("makes outputs secret that derive from a secret input", async () => {
    const made = await plugin.create(BOX, { environment: { A: secret("x") } });
    expect(made.state).toMatchObject({
      environment: secret({ A: "x" }),
      summary: secret("made"),
      label: "undefined box",
    });
    const always = await plugin.create(BOX, { password: secret("hunter2") });
    expect(always.state["summary"]).toBe("made");
  });

  it("keeps secret in a refresh what was secret before", async () => {
    const made = await plugin.create(BOX, { boxName: "b" });
    const state = { ...made.state, label: secret("x") };
    expect((await plugin.read(BOX, "box-1", { state, inputs: {} }))?.state["label"]).toEqual(
      secret("undefined box"),
    );
  });

  it("imports by id, and refuses it where there is nothing to read", async () => {
    world.boxes.set("box-7", { color: "blue" });
    expect(await plugin.read(BOX, "box-7")).toMatchObject({
      state: { color: "blue" },
      inputs: { color: "blue" },
    });
    expect(await plugin.read(BOX, "none")).toBeUndefined();
    await expect(plugin.read(NOTE, "note")).rejects.toThrow(`${NOTE} cannot be imported`);
    const kept = await plugin.read(NOTE, "note", {
      state: { text: secret("a") },
      inputs: { text: secret("a") },
    });
    expect(kept).toEqual({ id: "note", state: { text: secret("a") }, inputs: { text: secret("a") } });
  });

  it("hands a resource that is not right to the engine, secrets wrapped and reasons clean", async () => {
    const failed = plugin.create(BOX, { behaviour: "crooked", password: secret("hunter2") });
    const error = await failed.catch((caught: unknown) => caught as PluginError);
    expect(error).toMatchObject({
      code: status.UNKNOWN,
      incomplete: {
        id: "box-1",
        state: { password: secret("hunter2"), key: secret("k-1") },
        reasons: ["it leans", "key [secret]"],
      },
    });
  });

  it("keeps secret values out of errors and logs, but not a connection's host", async () => {
    const inputs = {
      behaviour: "leaks",
      password: secret("hunter2"),
      connection: secret({ host: "db.example", password: "s3same" }),
    };
    await expect(plugin.create(BOX, inputs)).rejects.toThrow(
      'refused [secret] on {"host":"db.example","password":"[secret]"}',
    );
    expect(plugin.lines.map((line) => line.message)).toContain("making a box, password [secret]");
  });

  it("sends log lines to the resource, and status lines to its info column", async () => {
    await plugin.create(BOX, { password: "hunter2" }, { name: "web" });
    expect(plugin.lines.slice(1)).toEqual([
      { severity: "info", message: "making a box, password hunter2", urn: urnOf(BOX, "web"), status: false },
      { severity: "info", message: "folding", urn: urnOf(BOX, "web"), status: true },
    ]);
  });

  it("aborts what runs when the engine cancels", async () => {
    const failed = expect(plugin.create(BOX, { behaviour: "slow" })).rejects.toThrow(
      "the deployment was cancelled",
    );
    while (plugin.lines.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await plugin.cancel();
    await failed;
    expect(world.aborted).toEqual(["the deployment was cancelled"]);
  });

  it("begins nothing any more once the engine has cancelled", async () => {
    await plugin.cancel();
    await expect(plugin.create(NOTE, { text: "late" })).rejects.toThrow("the deployment was cancelled");
  });

  it("aborts a step when its custom timeout passes", async () => {
    const slow = plugin.create(BOX, { behaviour: "slow" }, { timeoutSeconds: 0.05 });
    await expect(slow).rejects.toThrow(
      "create did not finish within 0.05 s: raise the resource option customTimeouts",
    );
  });

  it("takes messages far beyond gRPC's own limit of 4 MB", async () => {
    const big = "x".repeat(6 * 1024 * 1024);
    expect((await plugin.create(NOTE, { text: big })).state["text"]).toHaveLength(big.length);
  });
});
