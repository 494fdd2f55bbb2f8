import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { flyTomlFile } from "../components/fly/fly-toml-rules";
import { runCommand, type CommandResult } from "../support/workbench";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "btest-fly-toml-"));
  writeFileSync(join(folder, "workspace.yaml"), "name: demo\nsize: medium\nsecrets: [ssh-key]\n");
  writeFileSync(join(folder, "wrong.yaml"), "name: demo\nsise: medium\n");
});
afterAll(() => rmSync(folder, { recursive: true }));

const script = (...args: string[]): Promise<CommandResult> =>
  runCommand("node", ["--import", "tsx", "scripts/fly-toml.ts", ...args]);

test("the script writes a fly.toml that builds the stage remote from this checkout, and says how to deploy it", async () => {
  const file = join(folder, "fly.toml");
  const { stdout } = await script(join(folder, "workspace.yaml"), "--region", "fra", "--out", file);
  expect(stdout).toContain(`--config ${file} --local-only`);
  const { parse } = await import("smol-toml");
  const { build, mounts } = flyTomlFile.parse(parse(readFileSync(file, "utf8")));
  expect(build["build-target"]).toBe("remote");
  expect(existsSync(resolve(folder, build.dockerfile))).toBe(true);
  expect(mounts.initial_size).toBe("20gb");
});

test.each([
  [["workspace.yaml"], /region is '': give three letters/],
  [["workspace.yaml", "--region", "fra", "--target", "local"], /--target is 'local': give remote or full/],
  [["wrong.yaml", "--region", "fra"], /describes no workspace:\n {2}sise/],
  [["none.yaml", "--region", "fra"], /none\.yaml does not exist/],
])(
  "%j is refused",
  async ([name = "", ...args], says) => {
    const { exitCode, stderr } = await script(join(folder, name), ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(says);
  },
  30_000,
);
