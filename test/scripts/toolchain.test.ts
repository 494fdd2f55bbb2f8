import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { placeAtomically, writeIfChanged } from "../../scripts/toolchain-parts/files";
import { GO_VERSION } from "../../scripts/toolchain-parts/go";
import { unzip } from "../../scripts/toolchain-parts/unzip";
import {
  CLOUD_PLUGINS,
  ENGINE_VERSION,
  isAccepted,
  PROVIDER_PLUGINS,
} from "../../scripts/toolchain-parts/versions";

let folder: string;
beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-toolchain-"))));
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test.each([
  ["v3.256.0\n", true],
  ["3.256.1", true],
  ["3.300.0", true],
  ["3.255.9", false],
  ["4.0.0", false],
  ["2.999.0", false],
  ["no version", false],
])("a found engine %j is accepted: %s", (found, accepted) => {
  expect(isAccepted(found, "3.256.0")).toBe(accepted);
});

test("npm packages, the toolchain and tools/go.mod agree on versions", () => {
  const manifest = JSON.parse(fs.readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  expect(manifest.dependencies["@pulumi/pulumi"]).toBe(ENGINE_VERSION);
  for (const { name, version } of [...PROVIDER_PLUGINS, ...Object.values(CLOUD_PLUGINS)]) {
    expect(manifest.dependencies[`@pulumi/${name}`]).toBe(version);
  }
  const module = fs.readFileSync(path.join(projectRoot, "tools/go.mod"), "utf8");
  expect(module).toMatch(new RegExp(`^go ${GO_VERSION}$`, "m"));
  expect(module).toContain(`github.com/pulumi/pulumi/pkg/v3 v${ENGINE_VERSION}`);
});

test("a folder is replaced whole", async () => {
  const target = path.join(folder, "plugin");
  fs.mkdirSync(target);
  fs.writeFileSync(path.join(target, "old"), "");
  await placeAtomically(target, (temporary) => {
    fs.mkdirSync(temporary);
    fs.writeFileSync(path.join(temporary, "new"), "");
  });
  expect(fs.readdirSync(target)).toEqual(["new"]);
  expect(fs.readdirSync(folder)).toEqual(["plugin"]);
});

test("what fails half-way leaves the old one in place and nothing else", async () => {
  const target = path.join(folder, "engine");
  fs.writeFileSync(target, "old");
  const interrupted = placeAtomically(target, (temporary) => {
    fs.writeFileSync(temporary, "ha");
    throw new Error("disk full");
  });
  await expect(interrupted).rejects.toThrow("disk full");
  expect(fs.readFileSync(target, "utf8")).toBe("old");
  expect(fs.readdirSync(folder)).toEqual(["engine"]);
});

test("two processes at once both end well, and what one left that is no more goes", async () => {
  const target = path.join(folder, "mutagen");
  const [running, gone] = [
    path.join(folder, `.incomplete-${process.ppid}-mutagen`),
    path.join(folder, ".incomplete-4194304-mutagen"),
  ];
  for (const file of [running, gone]) fs.writeFileSync(file, "half");
  await placeAtomically(target, (temporary) => fs.writeFileSync(temporary, "whole"));
  expect(fs.readFileSync(target, "utf8")).toBe("whole");
  expect(fs.existsSync(running)).toBe(true);
  expect(fs.existsSync(gone)).toBe(false);
});

test("a file is written only if its content or its permissions differ", async () => {
  const file = path.join(folder, "launcher");
  expect(await writeIfChanged(file, "#!/bin/sh\n", 0o755)).toBe(true);
  expect(await writeIfChanged(file, "#!/bin/sh\n", 0o755)).toBe(false);
  fs.chmodSync(file, 0o644);
  expect(await writeIfChanged(file, "#!/bin/sh\n", 0o755)).toBe(true);
  expect(fs.statSync(file).mode & 0o777).toBe(0o755);
});

/** A zip archive of one stored file; the reader asks for no checksums. */
function zipOf(name: string, content: string): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(content.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + content.length, 16);
  return Buffer.concat([local, Buffer.from(name + content), entry, Buffer.from(name), end]);
}

test("a zip archive cannot write outside its folder", () => {
  const target = path.join(folder, "go");
  unzip(zipOf("bin/go", "binary"), target, (name) => name);
  expect(fs.readFileSync(path.join(target, "bin/go"), "utf8")).toBe("binary");
  expect(() => unzip(zipOf("../evil", "binary"), target, (name) => name)).toThrow("outside");
  expect(() => unzip(Buffer.from("no archive"), target, (name) => name)).toThrow("not a zip archive");
});
