import * as fs from "node:fs";
import * as path from "node:path";
import { openSession } from "../../cli/session";
import { decideConflicts } from "../../cli/sync/conflicts/decide";
import type { ConflictingFile } from "../../cli/sync/conflicts/list";
import { batchesIn, type Batch } from "../../cli/sync/trash/batches";
import { SyncLab, type SyncLaptop } from "./sync-lab";

const FILES = 60;

let lab: SyncLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await SyncLab.start();
  laptop = await lab.laptop("01");
  laptop.write(Object.fromEntries(names().map((name) => [name, name])));
  await laptop.succeed("resume", "shop");
  await allKept();
});
afterAll(() => lab.dispose());

function names(): string[] {
  return Array.from({ length: FILES }, (_, index) => `src/part-${index % 6}/file-${index}.ts`);
}

function keptFiles(): number {
  const folder = path.join(laptop.laptop.berthHome, "sync", "kept", "01-shop");
  if (!fs.existsSync(folder)) return 0;
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    .length;
}

const allKept = (): Promise<number> =>
  laptop.until("everything is kept", () => keptFiles() === laptop.localDigests().size);

const trash = (): Batch[] => batchesIn(path.join(laptop.laptop.berthHome, "trash", "shop"));

async function same(): Promise<void> {
  await laptop.succeed("flush", "shop");
  expect(await laptop.remoteDigests()).toEqual(laptop.localDigests());
}

describe("what is deleted", () => {
  it("in the container is in the trash of both sides, and comes back when it is asked for", async () => {
    await laptop.remote("rm src/part-0/file-0.ts");
    await laptop.until("the deletion", () => laptop.read("src/part-0/file-0.ts") === undefined, 5_000);
    await laptop.until("the trash", () => trash().length === 1, 5_000);
    expect(trash()[0]?.files).toEqual(["src/part-0/file-0.ts"]);
    const there = `/var/lib/berth-sync/trash/shop/${trash()[0]!.name}/src/part-0/file-0.ts`;
    await laptop.until("the container's trash", async () =>
      (await laptop.lab.host("exec", laptop.container, "sh", "-c", `ls ${there} || true`)).endsWith(there),
    );
    await laptop.succeed("restore", "shop");
    expect(laptop.read("src/part-0/file-0.ts")).toBe("src/part-0/file-0.ts");
    await same();
  });

  it("on the laptop goes in the container too, and is in the trash", async () => {
    await allKept();
    fs.rmSync(path.join(laptop.source, "src/part-1/file-1.ts"));
    await laptop.until(
      "the deletion",
      async () => !(await laptop.remoteDigests()).has("src/part-1/file-1.ts"),
      5_000,
    );
    await laptop.until("the trash", () => trash()[0]?.files[0] === "src/part-1/file-1.ts", 5_000);
  });

  it("of an earlier time comes back by the name that the trash has for it, and what went later stays gone", async () => {
    const later = "src/part-2/file-2.ts";
    fs.rmSync(path.join(laptop.source, later));
    await laptop.until("the trash", () => trash().some(({ files }) => files.includes(later)), 5_000);
    const earlier = trash().find(({ files }) => files.includes("src/part-1/file-1.ts"))!.name;
    expect((await laptop.succeed("trash", "shop")).stdout).toContain(earlier);
    await laptop.succeed("restore", "shop", "--from", earlier);
    expect(laptop.read("src/part-1/file-1.ts")).toBe("src/part-1/file-1.ts");
    expect(laptop.read(later)).toBeUndefined();
    await same();
    const never = await laptop.sync("restore", "shop", "--from", "2020-01-01T00-00-00.000Z");
    expect(never.output).toContain("there is no '2020-01-01T00-00-00.000Z' in the trash");
    await laptop.succeed("restore", "shop");
    expect(laptop.read(later)).toBe(later);
    await allKept();
  });

  it("in great number is told within 5 s and paused, and restored whole", async () => {
    const before = laptop.localDigests();
    await allKept();
    await laptop.remote("rm -rf src");
    const alertFile = path.join(laptop.laptop.berthHome, "sync", "alerts", "01-shop.json");
    await laptop.until("the alert", () => fs.existsSync(alertFile), 5_000);
    await laptop.until("the pause", async () => (await laptop.session()).paused, 5_000);
    const { output } = await laptop.succeed("status", "shop");
    expect(output).toMatch(
      /\d+ of 6\d files of shop were deleted in the container at once, so its sync is paused/,
    );
    const run = await laptop.sync("restore", "shop");
    expect(run.exitCode).toBe(0);
    // What went shortly before belongs to it for whoever brings it back.
    expect([...before].filter(([name, digest]) => laptop.localDigests().get(name) !== digest)).toEqual([]);
    await same();
  });

  it("in great number on purpose goes on when its developer says so", async () => {
    await allKept();
    fs.rmSync(path.join(laptop.source, "src"), { recursive: true });
    await laptop.until("the pause", async () => (await laptop.session()).paused, 5_000);
    await laptop.succeed("resume", "shop");
    await same();
    expect((await laptop.remoteDigests()).size).toBe(1);
    laptop.write(Object.fromEntries(names().map((name) => [name, name])));
    await same();
  });
});

describe("a remote side that is empty", () => {
  it("stops sync before anything is deleted, and reset fills it again", async () => {
    const before = laptop.localDigests();
    await laptop.succeed("pause", "shop");
    await laptop.remote("find . -mindepth 1 -delete");
    const halted = await laptop.sync("resume", "shop");
    expect(halted.exitCode).toBe(1);
    expect(halted.output).toContain("stopped before it deleted anything: everything is gone on one side");
    expect(halted.output).toContain("berth sync reset shop");
    expect((await laptop.succeed("reset", "shop")).output).toContain("both sides as they were");
    expect(laptop.localDigests()).toEqual(before);
    await same();
    const saved = trash().find(({ name }) => name.endsWith("-reset"))!;
    expect(saved.files.filter((name) => name.startsWith("laptop/"))).toHaveLength(before.size);
  });

  it("because its volume is another one never empties the laptop", async () => {
    const before = laptop.localDigests();
    const volume = laptop.container.replace(/sync$/, "shop-source");
    await laptop.lab.host("rm", "-f", laptop.container);
    await laptop.lab.host("volume", "rm", volume);
    await laptop.succeed("resume", "shop");
    expect(laptop.localDigests()).toEqual(before);
    await same();
  });

  it("because its container was made anew is none: the same session goes on without a full copy", async () => {
    const before = await laptop.session();
    await laptop.lab.host("rm", "-f", laptop.container);
    laptop.write({ "meanwhile.txt": "meanwhile" });
    await laptop.succeed("resume", "shop");
    const after = await laptop.session();
    expect(after.identifier).toBe(before.identifier);
    expect(await laptop.remote("cat meanwhile.txt")).toBe("meanwhile");
    await same();
  });
});

describe("an edit on both sides at once", () => {
  const both = async (theirs = "the container's", mine = "the laptop's"): Promise<void> => {
    await laptop.succeed("pause", "shop");
    laptop.write({ "src/both.ts": mine });
    await laptop.remote(`printf %s "${theirs}" > src/both.ts`);
    await laptop.succeed("resume", "shop");
  };

  it("is a conflict that keeps both, is listed with sizes and times, and ends as its developer says", async () => {
    await both();
    const { stdout } = await laptop.succeed("conflicts", "shop", "--json");
    const { conflicts } = JSON.parse(stdout) as { conflicts: ConflictingFile[] };
    expect(conflicts).toMatchObject([{ path: "src/both.ts", mine: { bytes: 12 }, theirs: { bytes: 15 } }]);
    expect(conflicts[0]?.theirs?.changedAt).toMatch(/Z$/);
    expect(laptop.read("src/both.ts")).toBe("the laptop's");
    expect(await laptop.remote("cat src/both.ts")).toBe("the container's");
    await laptop.succeed("resolve", "shop", "--keep", "theirs", "src/both.ts");
    expect(laptop.read("src/both.ts")).toBe("the container's");
    const [lost] = trash();
    expect(fs.readFileSync(path.join(lost!.folder, "src/both.ts"), "utf8")).toBe("the laptop's");
    await same();
  });

  it("of several files ends for all of them at once, and every other version is kept", async () => {
    const files = ["src/one.ts", "src/deep/two.ts", "with space.ts"];
    await laptop.succeed("pause", "shop");
    laptop.write(Object.fromEntries(files.map((file) => [file, `mine ${file}`])));
    await laptop.remote(
      files
        .map((file) => `mkdir -p "$(dirname '${file}')" && printf %s 'theirs ${file}' > '${file}'`)
        .join(" && "),
    );
    await laptop.succeed("resume", "shop");
    await laptop.succeed("resolve", "shop", "--keep", "mine", "--all");
    for (const file of files) expect(await laptop.remote(`cat '${file}'`)).toBe(`mine ${file}`);
    const [lost] = trash();
    for (const file of files)
      expect(fs.readFileSync(path.join(lost!.folder, file), "utf8")).toBe(`theirs ${file}`);
    await same();
  });

  it("ends for the laptop where the app says so, after the other version was kept", async () => {
    laptop.app("shop", "sync: { mode: two-way-resolved }\n");
    await both("the container's next");
    await laptop.until(
      "the decision",
      async () => (await laptop.remote("cat src/both.ts || true")) === "the laptop's",
      10_000,
    );
    const versions = (): string[] =>
      trash()
        .filter(({ files }) => files.includes("src/both.ts"))
        .map((batch) => fs.readFileSync(path.join(batch.folder, "src/both.ts"), "utf8"));
    await laptop.until("the copy", () => versions().includes("the container's next"), 5_000);
    await same();
  });

  it("ends for the laptop every time, and takes no version away from both sides", async () => {
    laptop.app("shop", "sync: { mode: two-way-resolved }\n");
    for (let round = 0; round < 10; round += 1) {
      await both(`the container's ${round}`, `the laptop's ${round}`);
      await laptop.until(
        `decision ${round}`,
        async () => (await laptop.remote("cat src/both.ts || true")) === `the laptop's ${round}`,
      );
      await same();
      expect(laptop.read("src/both.ts")).toBe(`the laptop's ${round}`);
    }
  });

  it.each(["mine", "theirs"] as const)(
    "is decided once: who keeps %s of what was decided meanwhile takes nothing",
    async (keep) => {
      laptop.app("shop");
      // A session of the earlier mode would still decide it for the laptop.
      await laptop.succeed("resume", "shop");
      await both(`theirs for ${keep}`, `mine for ${keep}`);
      const before = await laptop.session();
      await laptop.succeed("resolve", "shop", "--keep", keep, "src/both.ts");
      const session = await openSession({ home: laptop.laptop.berthHome, devId: "01" });
      const again = await decideConflicts(session, { app: "shop", session: before, keep });
      expect(again).toEqual([{ path: "src/both.ts", lost: undefined, changed: true }]);
      await same();
      expect(laptop.read("src/both.ts")).toBe(`${keep} for ${keep}`);
    },
  );

  it("is refused with what to say where the file is in none, where nobody says whose it is, and in a pause", async () => {
    const none = await laptop.sync("resolve", "shop", "--keep", "mine", "src/other.ts");
    expect([none.exitCode, none.output]).toEqual([2, expect.stringContaining("is in no conflict of shop")]);
    const whose = await laptop.sync("resolve", "shop", "src/both.ts");
    expect([whose.exitCode, whose.output]).toEqual([2, expect.stringContaining("--keep mine")]);
    await laptop.succeed("pause", "shop");
    const paused = await laptop.sync("resolve", "shop", "--keep", "mine", "--all");
    expect([paused.exitCode, paused.output]).toEqual([1, expect.stringContaining("berth sync resume shop")]);
    await laptop.succeed("resume", "shop");
  });
});

describe("a session", () => {
  it("goes on through the renewal of its certificate", async () => {
    const before = await laptop.session();
    const { exitCode } = await laptop.laptop.berth("dev", "renew");
    expect(exitCode).toBe(0);
    laptop.write({ "renewed.txt": "renewed" });
    await laptop.until("the edit", async () => (await laptop.remoteDigests()).has("renewed.txt"), 5_000);
    const after = await laptop.session();
    expect([after.identifier, after.successfulCycles > before.successfulCycles]).toEqual([
      before.identifier,
      true,
    ]);
    // And a connection that is made after it, with the new certificate.
    await laptop.mutagen.pause(after.name);
    await laptop.mutagen.resume(after.name);
    await laptop.until("the session", async () => (await laptop.session()).status === "watching");
  });

  it("is made anew for other settings, and what was deleted meanwhile does not come back", async () => {
    const before = await laptop.session();
    await laptop.succeed("pause", "shop");
    fs.rmSync(path.join(laptop.source, "renewed.txt"));
    laptop.app("shop", "sync: { ignore: [tmp] }\n");
    await laptop.succeed("resume", "shop");
    expect((await laptop.session()).identifier).not.toBe(before.identifier);
    expect(laptop.read("renewed.txt")).toBeUndefined();
    await same();
  });
});
