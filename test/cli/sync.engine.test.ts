import * as fs from "node:fs";
import * as path from "node:path";
import { SyncLab, type SyncLaptop } from "./sync-lab";

let lab: SyncLab;
let laptop: SyncLaptop;
beforeAll(async () => {
  lab = await SyncLab.start();
  laptop = await lab.laptop("01");
  laptop.write({
    "src/main.ts": "one",
    "run.sh": "#!/bin/sh\n",
    "node_modules/left/index.js": "laptop's own",
    "dist/main.js": "laptop's own",
    ".git/HEAD": "laptop's own",
    "coverage/index.html": "laptop's own",
  });
  laptop.app("shop", "sync: { ignore: [coverage] }\n");
  fs.chmodSync(path.join(laptop.source, "run.sh"), 0o755);
  await laptop.succeed("resume", "shop");
});
afterAll(() => lab.dispose());

async function same(): Promise<void> {
  await laptop.succeed("flush", "shop");
  expect(await laptop.remoteDigests()).toEqual(laptop.localDigests());
}

describe("an app's source", () => {
  it("comes to the shared host, and edits go both ways", async () => {
    expect(await laptop.remote("cat src/main.ts")).toBe("one");
    laptop.write({ "src/main.ts": "two" });
    await laptop.until("the edit", async () => (await laptop.remote("cat src/main.ts")) === "two", 5_000);
    await laptop.remote("echo three > other.txt");
    await laptop.until("the edit", () => laptop.read("other.txt") === "three\n", 5_000);
  });

  it("needs no new session when it is there already", async () => {
    const ready = JSON.parse((await laptop.succeed("resume", "shop", "--json")).stdout) as object;
    expect(ready).toMatchObject({ state: "running", conflicts: 0, problems: 0 });
  });

  it("leaves what is ignored on its own side", async () => {
    await laptop.remote("mkdir -p node_modules/right build && touch node_modules/right/a build/a");
    await laptop.succeed("flush", "shop");
    const names = await laptop.remote("find . -type f | sort");
    expect(names.split("\n")).toEqual(
      ["berth.yaml", "build/a", "node_modules/right/a", "other.txt", "run.sh", "src/main.ts"].map(
        (name) => `./${name}`,
      ),
    );
    expect(fs.readdirSync(laptop.source).sort()).toEqual(
      [".git", "berth.yaml", "coverage", "dist", "node_modules", "other.txt", "run.sh", "src"].sort(),
    );
  });

  it("belongs to the app's user there and to the developer here, with the modes of both", async () => {
    const there = await laptop.remote("stat -c '%u:%g %a' . src src/main.ts run.sh");
    expect(there.split("\n")).toEqual([
      "10001:10001 755",
      "10001:10001 755",
      "10001:10001 644",
      "10001:10001 755",
    ]);
    await laptop.remote("mkdir made && echo made > made/there && chmod 755 made/there");
    await laptop.until("the file", () => laptop.read("made/there") === "made\n");
    const facts = fs.statSync(path.join(laptop.source, "made/there"));
    expect([facts.uid, facts.mode & 0o777]).toEqual([process.getuid?.(), 0o755]);
  });

  it("may have names with blanks, quotes, line ends and letters of every script", async () => {
    const names = [
      "a b",
      'it\'s "quoted"',
      "naïve café",
      "日本語",
      "emoji 🚢",
      "--option",
      "new\nline",
      "$(id)",
      "*",
    ];
    laptop.write(Object.fromEntries(names.map((name) => [`odd/${name}`, name])));
    await laptop.succeed("flush", "shop");
    const count = await laptop.remote("find odd -type f -print0 | tr -dc '\\0' | wc -c");
    expect(Number(count)).toBe(names.length);
    expect(await laptop.remote("cat 'odd/naïve café'")).toBe("naïve café");
    expect(await laptop.remote("cat 'odd/new\nline'")).toBe("new\nline");
    fs.rmSync(path.join(laptop.source, "odd/new\nline"));
    await same();
  });

  it("names links that lead away, and names that are one where case does not count", async () => {
    fs.symlinkSync("/etc/passwd", path.join(laptop.source, "away"));
    laptop.write({ "Trap.txt": "one", "trap.txt": "two" });
    await laptop.succeed("flush", "shop");
    const { output } = await laptop.succeed("status", "shop");
    expect(output).toContain("away is not synchronised (laptop)");
    expect(output).toMatch(
      /(Trap\.txt and trap\.txt|trap\.txt and Trap\.txt) are one name on macOS and Windows/,
    );
    expect(await laptop.remote("ls -d away 2>/dev/null || echo none")).toBe("none");
    for (const name of ["away", "Trap.txt", "trap.txt"]) fs.rmSync(path.join(laptop.source, name));
    await same();
  });
});

describe("a second app", () => {
  it("comes beside the first, whose files are not copied again", async () => {
    laptop.write({ "a.txt": "a" }, laptop.app("second"));
    const session = await laptop.session();
    await laptop.succeed("resume", "second");
    expect((await laptop.session()).identifier).toBe(session.identifier);
    await laptop.until("the first app's session", async () => (await laptop.session()).status === "watching");
    expect(await laptop.remote("cat a.txt", "second")).toBe("a");
    await same();
  });
});

describe("berth dev down", () => {
  it("brings over what was saved last, stops sync and leaves all files", async () => {
    laptop.write({ "last.txt": "last" });
    const { exitCode, output } = await laptop.laptop.berth("dev", "down");
    expect([exitCode, output]).toEqual([0, "sync stopped: second, shop\n"]);
    expect(await laptop.mutagen.isRunning()).toBe(false);
    expect(await laptop.lab.host("exec", laptop.container, "sh", "-c", "cat /sources/shop/*/last.txt")).toBe(
      "last",
    );
    laptop.write({ "later.txt": "later" });
    await laptop.succeed("resume", "shop");
    expect(await laptop.remote("cat later.txt")).toBe("later");
  });

  it("stops the developer's containers where asked", async () => {
    const { output } = await laptop.laptop.berth("dev", "down", "--containers");
    expect(output).toContain(`containers stopped: ${laptop.container}`);
    const state = await lab.lab.host("inspect", "--format", "{{.State.Running}}", laptop.container);
    expect(state).toBe("false");
    await laptop.succeed("resume", "shop");
    await same();
  });
});
