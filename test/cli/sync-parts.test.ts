import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseManifest } from "../../spec/app-manifest";
import { ignoresOf, sessionConfiguration } from "../../cli/sync/configuration";
import { concerns, filesOf } from "../../cli/sync/conflicts/files";
import { MassDeletionWatch, type Counts } from "../../cli/sync/guard/mass-deletion";
import { ignoredBy } from "../../cli/sync/ignored";
import { appOfSession, remoteNames, sessionName } from "../../cli/sync/names";
import { accountFiles, parseUser } from "../../cli/sync/remote/users";
import { caseClashes } from "../../cli/sync/status";
import { batchesIn, chosenBatches, putBack } from "../../cli/sync/trash/batches";
import { batchName, batchTime } from "../../cli/sync/trash/places";
import { pruneTrash } from "../../cli/sync/trash/prune";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-sync-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe("names", () => {
  it("of everything on the engine are its developer's", () => {
    const names = remoteNames("berth", "01");
    expect([names.container, names.stateVolume, names.sourceVolume("shop")]).toEqual([
      "berth-dev-01-sync",
      "berth-dev-01-sync-state",
      "berth-dev-01-shop-source",
    ]);
  });

  it("of sessions are read back, also where one developer's id begins as another's", () => {
    expect(sessionName("01", "shop")).toBe("berth-01-shop");
    expect(appOfSession("01", "berth-01-shop")).toBe("shop");
    expect(appOfSession("0", "berth-01-shop")).toBeUndefined();
    expect(appOfSession("01", "own-session")).toBeUndefined();
  });
});

describe("what is ignored", () => {
  const { manifest } = {
    manifest: parseManifest(
      "name: shop\nlanguage: python\nport: 80\nsync: { ignore: ['*.log', '/data', '!keep.log'] }\n",
      "berth.yaml",
    ),
  };

  it("is the same for every app, with what its image keeps and its berth.yaml names", () => {
    expect(ignoresOf({ manifest, appSubPath: "apps/shop" })).toEqual([
      ...["node_modules", ".git", "dist", "build", ".berth"],
      ...["/apps/shop/.venv", "*.log", "/data", "!keep.log"],
    ]);
  });

  it.each([
    ["node_modules", true],
    ["a/b/node_modules", true],
    ["a/node_modules_not", false],
    ["apps/shop/.venv", true],
    ["other/.venv", false],
    ["deep/down/x.log", true],
    ["deep/down/keep.log", false],
    ["data", true],
    ["src/data", false],
    ["src/main.ts", false],
  ])("counts as Mutagen counts it: %s", (name, expected) => {
    expect(ignoredBy(ignoresOf({ manifest, appSubPath: "apps/shop" }))(name)).toBe(expected);
  });

  it("reaches Mutagen whatever is in it", () => {
    const text = sessionConfiguration(["with, comma", "with: colon", "'quoted'"]);
    expect(text).toContain("with, comma");
    expect(text).toContain("two-way-safe");
  });
});

describe("users of the sync container", () => {
  it("are named by their numbers, as Mutagen asks for them", () => {
    const users = ["10001", "2000:3000", "2000:4000"].map(parseUser);
    const { passwd, group } = accountFiles(users);
    expect(passwd.split("\n").map((line) => line.split(":").slice(0, 4).join(":"))).toEqual([
      ...["10001:x:10001:10001", "2000:x:2000:3000", "root:x:0:0", ""],
    ]);
    expect(group.split("\n")).toEqual([
      "10001:x:10001:10001",
      "3000:x:3000:2000",
      "4000:x:4000:2000",
      "root:x:0:",
      "",
    ]);
  });
});

describe("a mass deletion", () => {
  const seen = (...counts: [number, number, number][]): unknown => {
    const watch = new MassDeletionWatch();
    return counts
      .map(([seconds, laptop, container]): Counts => ({ atMs: seconds * 1_000, laptop, container }))
      .map((one) => watch.observe(one))
      .find((one) => one);
  };

  it("in the container is one from a fifth of the tree on", () => {
    expect(seen([0, 1000, 1000], [1, 1000, 790])).toEqual({ files: 210, of: 1000, by: "container" });
    expect(seen([0, 1000, 1000], [1, 1000, 850])).toBeUndefined();
  });

  it("on the laptop is one from half of the tree on: a branch is switched with less", () => {
    expect(seen([0, 1000, 1000], [1, 600, 1000], [2, 600, 600])).toBeUndefined();
    expect(seen([0, 1000, 1000], [1, 400, 1000])).toEqual({ files: 600, of: 1000, by: "laptop" });
  });

  it("counts what goes bit by bit within ten seconds, and not what goes in an hour", () => {
    expect(seen([0, 100, 100], [3, 100, 90], [6, 90, 80], [9, 80, 70])).toMatchObject({ by: "container" });
    expect(seen([0, 100, 100], [20, 90, 90], [40, 80, 80], [60, 70, 70])).toBeUndefined();
  });

  it("is none where few files go, whatever share they are", () => {
    expect(seen([0, 10, 10], [1, 10, 0])).toBeUndefined();
  });

  it("is none while a tree fills", () => {
    expect(seen([0, 5000, 0], [1, 5000, 2000], [2, 5000, 5000])).toBeUndefined();
  });
});

describe("a conflict", () => {
  const file = (digest: string) => ({ kind: "file", digest });
  const conflict = {
    root: "src",
    alphaChanges: [{ path: "src", old: null, new: { kind: "directory", contents: { "a.ts": file("1") } } }],
    betaChanges: [{ path: "src/b.ts", old: file("2"), new: null }],
  };

  it("is told per file, in folders too", () => expect(filesOf(conflict)).toEqual(["src/a.ts", "src/b.ts"]));

  it.each([
    ["src", true],
    ["src/a.ts", true],
    ["", true],
    ["srcs", false],
  ])("concerns '%s': %s", (at, expected) => expect(concerns(conflict, at)).toBe(expected));
});

describe("the trash", () => {
  const batch = (minutesAgo: number, files: Record<string, string>, end = ""): string => {
    const name = batchName(new Date(Date.now() - minutesAgo * 60_000)) + end;
    for (const [file, content] of Object.entries(files)) {
      const at = path.join(folder, "trash", "shop", name, file);
      fs.mkdirSync(path.dirname(at), { recursive: true });
      fs.writeFileSync(at, content);
    }
    return name;
  };

  it("has a folder for each time, which says when on every system", () => {
    const now = new Date("2026-01-31T09:15:00.123Z");
    expect(batchName(now)).toBe("2026-01-31T09-15-00.123Z");
    expect(batchTime(`${batchName(now)}-conflict`)).toEqual(now);
    expect(batchTime("somebody's folder")).toBeUndefined();
  });

  it("gives back what went last, and never over what is there", () => {
    batch(60, { "old.txt": "old" });
    batch(3, { "kept.txt": "a conflict's" }, "-conflict");
    const newest = [batch(2.05, { "a/one.txt": "one" }), batch(2, { "two.txt": "two" })];
    const root = path.join(folder, "root");
    fs.mkdirSync(root);
    fs.writeFileSync(path.join(root, "two.txt"), "newer");
    const chosen = chosenBatches(batchesIn(path.join(folder, "trash", "shop")), undefined);
    expect(chosen.map(({ name }) => name).sort()).toEqual(newest);
    expect(putBack(chosen, root)).toEqual(["a/one.txt"]);
    expect(fs.readFileSync(path.join(root, "two.txt"), "utf8")).toBe("newer");
    expect(() => chosenBatches([], undefined)).toThrow("holds no deleted files");
    expect(() => chosenBatches([], "yesterday")).toThrow("berth sync trash");
  });

  it("loses what is older than two weeks, and nothing that it did not make", () => {
    const old = batch(15 * 24 * 60, { "old.txt": "old" });
    const trash = path.join(folder, "trash", "shop");
    fs.mkdirSync(path.join(trash, "mine"));
    pruneTrash(folder);
    expect(fs.readdirSync(trash)).not.toContain(old);
    expect(fs.readdirSync(trash)).toContain("mine");
  });
});

it("names that differ only by case are found in every folder, but in those that are ignored", () => {
  const root = path.join(folder, "case");
  for (const name of ["src/Main.ts", "src/main.ts", "node_modules/A", "node_modules/a", "README"]) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), "");
  }
  const found = caseClashes(root, ignoredBy(["node_modules"]));
  expect(found.map((names) => names.sort())).toEqual([["src/Main.ts", "src/main.ts"]]);
});
