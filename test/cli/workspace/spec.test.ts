import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readSpec } from "../../../cli/workspace/spec";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-workspace-file-"));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(before);
  fs.rmSync(folder, { recursive: true });
});

function described(text: string): string {
  const file = path.join(folder, "described.yaml");
  fs.writeFileSync(file, text);
  return file;
}

describe("what a workspace is to be", () => {
  it("comes from a file, from options, and from defaults", () => {
    const file = described("name: mine\nrepositories: [{ url: https://git.example.com/a.git }]\n");
    const spec = readSpec(undefined, {
      file,
      size: "large",
      repo: ["git@git.example.com:b.git"],
      secret: ["key"],
    });
    expect(spec).toMatchObject({
      name: "mine",
      size: "large",
      secrets: ["key"],
      idleStop: { afterMinutes: 60 },
    });
    expect(spec.repositories.map(({ url }) => url)).toEqual([
      "https://git.example.com/a.git",
      "git@git.example.com:b.git",
    ]);
  });

  it("takes the name of the command over the file's, so that one file serves several", () => {
    expect(readSpec("other", { file: described("name: mine\n") }).name).toBe("other");
    expect(readSpec("other", { file: described("size: small\n") }).name).toBe("other");
  });

  it("is read from workspace.yaml of the current folder where there is one", () => {
    fs.writeFileSync(path.join(folder, "workspace.yaml"), "name: here\nsize: medium\n");
    expect(readSpec(undefined, {})).toMatchObject({ name: "here", size: "medium" });
    fs.rmSync(path.join(folder, "workspace.yaml"));
    expect(() => readSpec(undefined, {})).toThrow("the workspace has no name: give one");
  });

  it.each([
    ["nmae: mine\n", "described.yaml:1:1: nmae is not a known key: did you mean 'name'?"],
    ["name: mine\nsize: huge\n", "described.yaml:2:7: size "],
    ["name: mine\nsize: { cpus: 2, memoryMb: 100, diskGb: 5 }\n", "memoryMb must be at least 512"],
    [
      "name: mine\nrepositories:\n  - url: ftp://x/y\n",
      "described.yaml:3:10: repositories[0].url must begin with https://, ssh:// or git@",
    ],
    [
      "name: mine\nrepositories: [{ url: https://me:token@git.example.com/a }]\n",
      "must hold no user or token",
    ],
    [
      "name: mine\ndotfiles: { url: https://x/y, instal: a }\n",
      "dotfiles.instal is not a known key: did you mean 'install'?",
    ],
    ["name: mine\nsecrets: ['no/slash']\n", "described.yaml:2:11: secrets[0] must be letters and digits"],
    ["name: mine\neditor: { auth: none }\n", "editor.auth must be password or proxy"],
    ["name: [\n", "described.yaml:"],
  ])("names the place of what is wrong in its file: %j", (text, message) => {
    expect(() => readSpec(undefined, { file: described(text) })).toThrow(message);
  });

  it.each([
    [{ size: "huge" }, "--size "],
    [{ repo: ["file:///etc"] }, "--repo must begin with https://, ssh:// or git@"],
    [{ secret: ["no/slash"] }, "--secret must be letters and digits"],
    [{ file: "nosuch.yaml" }, "--file 'nosuch.yaml' does not exist"],
    [{ file: "." }, "--file '.' is no file"],
  ])("names the option that is wrong: %j", (flags, message) => {
    expect(() => readSpec("mine", flags)).toThrow(message);
  });

  it("refuses a name that cannot be one", () => {
    expect(() => readSpec("Mine", {})).toThrow("the name must be lower-case letters");
    expect(() => readSpec("sync", {})).toThrow("the name is the name of what synchronises sources");
  });
});
