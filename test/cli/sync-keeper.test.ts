import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ignoredBy } from "../../cli/sync/ignored";
import { Keeper, type KeptChanges } from "../../cli/sync/trash/keeper";

let folder: string;
let root: string;
let keeper: Keeper;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-keeper-"));
  root = path.join(folder, "tree");
  fs.mkdirSync(root);
  keeper = newKeeper();
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const newKeeper = (): Keeper =>
  new Keeper(
    root,
    { kept: path.join(folder, "kept"), trash: path.join(folder, "trash") },
    ignoredBy(["node_modules"]),
  );

function write(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), content);
  }
}

const remove = (name: string): void => fs.rmSync(path.join(root, name), { recursive: true });
const inTrash = ({ batch }: KeptChanges, name: string): string =>
  fs.readFileSync(path.join(batch!, name), "utf8");

describe("what is deleted", () => {
  it("is in the trash as it was last, though it was changed in place after it was kept", () => {
    write({ "a/b/one.txt": "one" });
    keeper.look();
    fs.appendFileSync(path.join(root, "a/b/one.txt"), " and more");
    remove("a/b/one.txt");
    const changes = keeper.look();
    expect(changes.removed).toEqual(["a/b/one.txt"]);
    expect(inTrash(changes, "a/b/one.txt")).toBe("one and more");
  });

  it("is in the trash as it was last, though it was saved by another name first, as editors do", () => {
    write({ "one.txt": "one", "new.tmp": "two" });
    keeper.look();
    fs.renameSync(path.join(root, "new.tmp"), path.join(root, "one.txt"));
    keeper.look();
    remove("one.txt");
    expect(inTrash(keeper.look(), "one.txt")).toBe("two");
  });

  it("is told once", () => {
    write({ "one.txt": "one" });
    keeper.look();
    remove("one.txt");
    expect(keeper.look().removed).toHaveLength(1);
    expect(keeper.look().removed).toHaveLength(0);
  });

  it("with a whole folder keeps its place in it", () => {
    write({ "a/b/one.txt": "one", "a/two.txt": "two", "three.txt": "three" });
    keeper.look();
    remove("a");
    const changes = keeper.look();
    expect(changes.removed.sort()).toEqual(["a/b/one.txt", "a/two.txt"]);
    expect(inTrash(changes, "a/b/one.txt")).toBe("one");
    expect(changes.files).toBe(1);
  });

  it("while nobody looked is found when somebody does", () => {
    write({ "one.txt": "one", "two.txt": "two" });
    keeper.look();
    remove("one.txt");
    expect(newKeeper().look().removed).toEqual(["one.txt"]);
  });

  it("costs no space", () => {
    write({ "one.txt": "one" });
    keeper.look();
    expect(fs.statSync(path.join(root, "one.txt")).nlink).toBe(2);
  });
});

describe("what is no deletion", () => {
  it("is nothing in the trash: ignored folders, an edit, a tree whose disk is not there", () => {
    write({ "one.txt": "one", "node_modules/x.js": "x" });
    keeper.look();
    remove("node_modules");
    write({ "one.txt": "two" });
    expect(keeper.look().removed).toEqual([]);
    fs.renameSync(root, `${root}-away`);
    expect(keeper.look()).toEqual({ files: 0, removed: [], batch: undefined });
    fs.renameSync(`${root}-away`, root);
    expect(keeper.look().removed).toEqual([]);
  });
});

describe("a name that becomes something else", () => {
  it("keeps what it was: a file that becomes a folder, and a folder that becomes a file", () => {
    write({ a: "file", "b/inside": "in a folder" });
    keeper.look();
    remove("a");
    remove("b");
    write({ "a/inside": "new", b: "new" });
    const changes = keeper.look();
    expect(changes.removed.sort()).toEqual(["a", "b/inside"]);
    expect([inTrash(changes, "a"), inTrash(changes, "b/inside")]).toEqual(["file", "in a folder"]);
    remove("a");
    expect(keeper.look().removed).toEqual(["a/inside"]);
  });

  it("keeps both where both go in the same millisecond", () => {
    const now = new Date();
    write({ a: "first" });
    keeper.look();
    remove("a");
    const first = keeper.look(now);
    write({ a: "second" });
    keeper.look();
    remove("a");
    const second = keeper.look(now);
    expect([inTrash(first, "a"), inTrash(second, "a")]).toEqual(["first", "second"]);
  });

  it("a link is kept as a link", () => {
    fs.symlinkSync("nowhere", path.join(root, "link"));
    keeper.look();
    remove("link");
    const { batch } = keeper.look();
    expect(fs.readlinkSync(path.join(batch!, "link"))).toBe("nowhere");
  });
});

it("10,000 files are looked through in a moment once they are known", () => {
  for (let index = 0; index < 10_000; index += 1) {
    if (index % 100 === 0) fs.mkdirSync(path.join(root, `f${index / 100}`));
    fs.writeFileSync(path.join(root, `f${Math.floor(index / 100)}`, `${index}`), "");
  }
  keeper.look();
  // What was just written is not trusted yet.
  const later = new Date(Date.now() + 60_000);
  keeper.look(later);
  const startedMs = performance.now();
  expect(keeper.look(later).files).toBe(10_000);
  expect(performance.now() - startedMs).toBeLessThan(100);
});
