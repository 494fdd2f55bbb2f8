import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { commandPlugin } from "../../../plugins/command/plugin";
import { Archive, Asset } from "../../../plugins/kit/types";
import { startPlugin, type PlainProperties, type PluginClient } from "../../support/plugin-client";
import { startSshServer, type SshServer } from "./ssh-server";

const COPY = "command:remote:CopyToRemote";

describe("a copy to a remote host", () => {
  let server: SshServer;
  let plugin: PluginClient;
  let folder: string;
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    plugin = await startPlugin(commandPlugin);
    folder = mkdtempSync(join(tmpdir(), "btest-copy-"));
    mkdirSync(join(folder, "tree", "deep"), { recursive: true });
    writeFileSync(join(folder, "tree", "a.txt"), "a");
    writeFileSync(join(folder, "tree", "deep", "b.txt"), "b");
    mkdirSync(join(folder, "there"));
  });
  afterEach(async () => {
    await plugin.close();
    rmSync(folder, { recursive: true });
  });

  const path = (name: string) => join(folder, name);
  const content = (name: string) => readFileSync(path(name), "utf8");
  function inputs(source: Asset | Archive, remotePath: string): PlainProperties {
    const { port, user, privateKey } = server;
    return {
      source,
      remotePath: path(remotePath),
      connection: { host: "127.0.0.1", port, user, privateKey },
    };
  }
  async function copy(source: Asset | Archive, remotePath: string) {
    return plugin.create(COPY, inputs(source, remotePath));
  }

  it("puts a file where it is told, into an existing folder, or over a file", async () => {
    const file = new Asset({ path: path("tree/a.txt") });
    const made = await copy(file, "new/parents/c.txt");
    expect(made.id).toMatch(/^[0-9a-f]{8}$/);
    await copy(file, "there");
    writeFileSync(path("old.txt"), "something longer");
    await copy(file, "old.txt");
    expect(["new/parents/c.txt", "there/a.txt", "old.txt"].map(content)).toEqual(["a", "a", "a"]);
  });

  it("puts a folder under its own name, or only what is in it", async () => {
    const archive = (name: string) => new Archive({ path: folder + name });
    await copy(archive("/tree"), "there");
    await copy(archive("/tree/"), "contents");
    expect(["there/tree/a.txt", "there/tree/deep/b.txt", "contents/deep/b.txt"].map(content)).toEqual([
      "a",
      "b",
      "b",
    ]);
    await copy(archive("/tree/"), "contents");
    await expect(copy(archive("/tree/"), "tree/a.txt")).rejects.toThrow("exists and is not a folder");
  });

  it("writes a text, also an empty one, but not onto a folder", async () => {
    await copy(new Asset({ text: "hello" }), "text/hello.txt");
    await copy(new Asset({ hash: "e3b0c442" }), "text/empty.txt");
    expect([content("text/hello.txt"), content("text/empty.txt")]).toEqual(["hello", ""]);
    await expect(copy(new Asset({ text: "x" }), "there")).rejects.toThrow("remotePath must name a file");
  });

  it("carries big files whole", async () => {
    writeFileSync(path("big"), Buffer.alloc(5_000_000, "0123456789"));
    await copy(new Asset({ path: path("big") }), "there");
    expect(readFileSync(path("there/big")).equals(readFileSync(path("big")))).toBe(true);
  });

  it("copies again only when content or place changed", async () => {
    const first = inputs(new Asset({ text: "one", hash: "1" }), "note");
    const known = await plugin.create(COPY, first);
    writeFileSync(path("note"), "by hand");
    await plugin.update(COPY, { ...known, oldInputs: first, inputs: { ...first, triggers: [1] } });
    expect(content("note")).toBe("by hand");
    const second = inputs(new Asset({ text: "two", hash: "2" }), "note");
    await plugin.update(COPY, { ...known, oldInputs: first, inputs: second });
    expect(content("note")).toBe("two");
    await plugin.delete(COPY, known);
    expect(existsSync(path("note"))).toBe(true);
  });

  it("refuses sources that it cannot copy", async () => {
    const reason = async (source: Asset | Archive) =>
      (await plugin.check(COPY, inputs(source, "x"))).failures.map((failure) => failure.reason);
    expect(await reason(new Asset({ uri: "https://example.com/a" }))).toEqual([
      "an asset must be a FileAsset or a StringAsset",
    ]);
    expect(await reason(new Archive({ assets: {} }))).toEqual([
      "an archive must be a FileArchive: a path on this machine",
    ]);
    expect(await reason(new Archive({ path: "x" }))).toEqual([]);
    await expect(copy(new Asset({ path: path("missing") }), "there")).rejects.toThrow("no such file");
  });
});
