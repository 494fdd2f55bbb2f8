import { createHash } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import * as tar from "tar-stream";
import { AGENTS, download } from "../../cli/mutagen/install";
import { Mutagen } from "../../cli/mutagen/mutagen";
import { programName, releaseFor } from "../../cli/mutagen/releases";
import { isHalted, isWatching, parseSessions } from "../../cli/mutagen/session";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-mutagen-"));
let server: http.Server;
let archive: Buffer;
beforeAll(async () => {
  const pack = tar.pack();
  pack.entry({ name: "./mutagen" }, "the program");
  pack.entry({ name: AGENTS }, "the agents");
  pack.entry({ name: "README" }, "more");
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  archive = gzipSync(Buffer.concat(chunks));
  server = http.createServer((_request, answer) => answer.end(archive)).listen(0);
  await once(server, "listening");
});
afterAll(() => {
  server.close();
  fs.rmSync(folder, { recursive: true });
});

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/mutagen.tar.gz`;

describe("a release", () => {
  it.each([
    ["linux", "x64", "mutagen_linux_amd64_v0.18.1.tar.gz"],
    ["linux", "arm64", "mutagen_linux_arm64_v0.18.1.tar.gz"],
    ["darwin", "arm64", "mutagen_darwin_arm64_v0.18.1.tar.gz"],
    ["win32", "x64", "mutagen_windows_amd64_v0.18.1.tar.gz"],
  ] as const)("for %s on %s is %s, with its digest", (platform, architecture, file) => {
    const release = releaseFor(platform, architecture);
    expect(path.posix.basename(release?.url ?? "")).toBe(file);
    expect(release?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is not known for every platform", () => expect(releaseFor("sunos", "x64")).toBeUndefined());

  it("has a program that Windows starts too", () =>
    expect([programName("win32"), programName("linux")]).toEqual(["mutagen.exe", "mutagen"]));
});

describe("a download", () => {
  it("puts the program and its agents in place, and nothing else", async () => {
    const to = path.join(folder, "bin");
    fs.mkdirSync(to);
    await download({ url: url(), sha256: createHash("sha256").update(archive).digest("hex") }, to);
    expect(fs.readdirSync(to).sort()).toEqual(["mutagen", AGENTS]);
    expect(fs.statSync(path.join(to, "mutagen")).mode & 0o777).toBe(0o700);
  });

  it("that is not what was published is not used", async () => {
    const to = path.join(folder, "refused");
    fs.mkdirSync(to);
    await expect(download({ url: url(), sha256: "0".repeat(64) }, to)).rejects.toThrow("not used");
    expect(fs.readdirSync(to)).toEqual([]);
  });

  it("that does not come says so", async () => {
    await expect(download({ url: "http://127.0.0.1:9/x", sha256: "" }, folder)).rejects.toThrow(
      "cannot be had",
    );
  });
});

describe("Mutagen's own words", () => {
  const printed = (facts: object): string =>
    JSON.stringify([
      {
        ...{
          identifier: "sync_1",
          name: "berth-01-shop",
          creationTime: "2026-01-01T00:00:00Z",
          paused: false,
        },
        ...{ status: "watching", successfulCycles: 3 },
        alpha: { path: "C:\\work\\shop", connected: true, scanned: true, files: 2 },
        beta: { path: "/sources/shop/1", host: "sync", user: "10001", connected: true },
        ...facts,
      },
    ]);

  it("are read, what is absent as nothing", () => {
    const [session] = parseSessions(printed({}));
    expect(session).toMatchObject({
      lastError: "",
      alpha: { files: 2 },
      beta: { files: 0 },
      ignore: { paths: [] },
    });
    expect(isWatching(session!)).toBe(true);
  });

  it("that it stopped by itself are told from those that it waits", () => {
    expect(isHalted(parseSessions(printed({ status: "halted-on-root-emptied" }))[0]!)).toBe(true);
    expect(isWatching(parseSessions(printed({ successfulCycles: 0 }))[0]!)).toBe(false);
    expect(isWatching(parseSessions(printed({ paused: true }))[0]!)).toBe(false);
  });
});

describe("Mutagen that is not there", () => {
  it("is named with what installs it", async () => {
    await expect(new Mutagen(path.join(folder, "none")).list()).rejects.toThrow("berth dev init");
  });

  it("holds no command up once it is named", async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;
    const before = timers();
    await expect(new Mutagen(path.join(folder, "none")).list()).rejects.toThrow("berth dev init");
    expect(timers()).toBe(before);
  });

  it("does not run", async () =>
    expect(await new Mutagen(path.join(folder, "none")).isRunning()).toBe(false));

  it("cannot run in a home whose path no socket may have", async () => {
    const home = path.join(folder, "long".repeat(30));
    await expect(new Mutagen(home).startDaemon()).rejects.toThrow("choose a shorter home");
  });
});
