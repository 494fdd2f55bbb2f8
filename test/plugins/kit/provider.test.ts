import { secret, startPlugin, type PluginClient } from "../../support/plugin-client";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

import { samplePlugin } from "./sample-plugin";

describe("a provider", () => {
  let plugin: PluginClient;
  beforeEach(async () => {
    plugin = await startPlugin(samplePlugin());
  });
  afterEach(() => plugin.close());

  it("says once a process that it stands in for the official plugin", async () => {
    await plugin.configure({});
    expect(plugin.lines).toMatchObject([
      { severity: "info", message: "Berth's own plugin stands in for the official sample v1.2.3." },
    ]);
  });

  it("reads configuration that SDKs write as JSON text", async () => {
    const given = { retry: '{"count":2}', version: "1.2.3" };
    expect(await plugin.checkConfig(given)).toEqual({ inputs: given, failures: [] });
    const refused = await plugin.checkConfig({ retry: '{"count":"two"}', prefx: "x" });
    expect(refused.failures).toEqual([
      { property: "prefx", reason: 'the provider sample has no property "prefx": did you mean "prefix"?' },
      { property: "retry.count", reason: '"retry.count" must be a whole number, and is a string' },
    ]);
    await expect(plugin.configure({ retry: "no JSON" })).rejects.toThrow('"retry" must be an object');
  });

  it("answers Configure with what the provider says, without its secrets", async () => {
    const broken = plugin.configure({ prefix: "broken", token: secret("t0ken") });
    await expect(broken).rejects.toThrow("no such prefix, token [secret]");
  });

  it("accepts secrets, resources and previews", async () => {
    const response = await plugin.configure({});
    expect([
      response.getAcceptsecrets(),
      response.getAcceptresources(),
      response.getSupportspreview(),
    ]).toEqual([true, true, true]);
  });

  it("runs functions: checks arguments, wraps results", async () => {
    expect((await plugin.invoke("sample:index:lookup", { key: "a" })).result).toEqual({
      value: "about a",
      password: secret("p"),
      size: 1,
    });
    expect((await plugin.invoke("sample:index:lookup", { key: secret("abc") })).result).toEqual({
      value: secret("about abc"),
      password: secret("p"),
      size: 1,
    });
    expect((await plugin.invoke("sample:index:lookup", {})).failures).toEqual([
      { property: "key", reason: '"key" is required by sample:index:lookup: give it a value' },
    ]);
    await expect(plugin.invoke("sample:index:lokup", {})).rejects.toThrow(
      "did you mean sample:index:lookup?",
    );
  });

  it("refuses methods, knows its version and has a schema of its name", async () => {
    const call = new proto.CallRequest();
    call.setTok("sample:index:Box/method");
    const refused = await new Promise((resolve) => plugin.rpc.call(call, (error) => resolve(error?.details)));
    expect(refused).toContain("the method sample:index:Box/method is not known to this stand-in");
    const info = await new Promise<PluginInfo>((resolve) =>
      plugin.rpc.getPluginInfo(new Empty(), (_, answer) => resolve(answer)),
    );
    expect(info.getVersion()).toBe("1.2.3");
    const schema = await new Promise<proto.GetSchemaResponse>((resolve) =>
      plugin.rpc.getSchema(new proto.GetSchemaRequest(), (_, answer) => resolve(answer)),
    );
    expect(JSON.parse(schema.getSchema())).toEqual({ name: "sample", version: "1.2.3" });
  });
});
