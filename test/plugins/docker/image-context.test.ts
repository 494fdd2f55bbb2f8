import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract } from "tar-stream";
import { checkImage, defaultPlatform } from "../../../plugins/docker/image/check";
import { goMode, hashContext } from "../../../plugins/docker/image/context-hash";
import type { Builder } from "../../../plugins/docker/image/inputs";
import { packContext } from "../../../plugins/docker/image/context-tar";

let folder: string;
let dockerfile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "btest-context-"));
  dockerfile = join(folder, "Dockerfile");
  await put("Dockerfile", "FROM scratch\n");
  await put("src/app.js", "1\n");
  await put("src/deep/lib.js", "2\n");
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, content: string): Promise<void> {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
}

/** Names in the tar, or the content of one of them. */
async function packed(
  file = dockerfile,
  builder: Builder = "classic",
): Promise<Map<string, { content: string; mode?: number; uid?: number; linkname?: string | null }>> {
  const { stream, packed: done } = await packContext(folder, file, builder);
  const entries = new Map<
    string,
    { content: string; mode?: number; uid?: number; linkname?: string | null }
  >();
  const reader = extract();
  reader.on("entry", (header, content, next) => {
    const chunks: Buffer[] = [];
    content.on("data", (chunk: Buffer) => chunks.push(chunk));
    content.on("end", () => {
      entries.set(header.name, { ...header, content: Buffer.concat(chunks).toString() });
      next();
    });
  });
  const read = new Promise((resolve) => reader.on("finish", resolve));
  stream.pipe(reader);
  await Promise.all([done, read]);
  return entries;
}

describe("the context's digest", () => {
  const digest = () => hashContext(folder, dockerfile);

  test("follows the official recipe: name, mode and content of the Dockerfile and of each file", async () => {
    await rm(join(folder, "src"), { recursive: true });
    await chmod(dockerfile, 0o644);
    const sha256 = (data: string) => createHash("sha256").update(data).digest();
    const content = sha256("FROM scratch\n");
    const expected = createHash("sha256")
      .update("Dockerfile----------")
      .update(content)
      .update("\0Dockerfile-rw-r--r--")
      .update(content)
      .update("\0")
      .digest("hex");
    expect(await digest()).toBe(expected);
  });

  test("stays the same while nothing changes", async () => {
    expect(await digest()).toBe(await digest());
  });

  test("changes with a file's content, name and mode", async () => {
    const seen = [await digest()];
    await put("src/app.js", "changed\n");
    seen.push(await digest());
    await rename(join(folder, "src/app.js"), join(folder, "src/other.js"));
    seen.push(await digest());
    await chmod(join(folder, "src/other.js"), 0o755);
    seen.push(await digest());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test("does not change with a file that .dockerignore leaves out", async () => {
    await put(".dockerignore", "*.log\n");
    const before = await digest();
    await put("build.log", "noise");
    expect(await digest()).toBe(before);
  });

  test("changes with a Dockerfile that is elsewhere", async () => {
    const other = await mkdtemp(join(tmpdir(), "btest-dockerfile-"));
    await writeFile(join(other, "a"), "FROM scratch\n");
    await writeFile(join(other, "b"), "FROM scratch\nLABEL a=b\n");
    expect(await hashContext(folder, join(other, "a"))).not.toBe(await hashContext(folder, join(other, "b")));
    await rm(other, { recursive: true });
  });

  test("counts a link by where it leads, not by what is there", async () => {
    await symlink(join(folder, "src/app.js"), join(folder, "link"));
    const before = await digest();
    await rm(join(folder, "link"));
    await symlink(join(folder, "src/deep/lib.js"), join(folder, "link"));
    expect(await digest()).not.toBe(before);
  });

  test("writes modes as Go does", async () => {
    await chmod(dockerfile, 0o4751);
    expect(goMode(await stat(dockerfile))).toBe("urwxr-x--x");
    await chmod(dockerfile, 0o640);
    expect(goMode(await stat(dockerfile))).toBe("-rw-r-----");
  });
});

describe("the context's tar", () => {
  test("holds files, folders and links, all of them root's", async () => {
    await symlink("app.js", join(folder, "src/link"));
    await chmod(join(folder, "src/app.js"), 0o755);
    const entries = await packed();
    expect([...entries.keys()]).toEqual([
      "Dockerfile",
      "src/",
      "src/app.js",
      "src/deep/",
      "src/deep/lib.js",
      "src/link",
    ]);
    expect(entries.get("src/app.js")).toMatchObject({ content: "1\n", mode: 0o755, uid: 0 });
    expect(entries.get("src/link")).toMatchObject({ linkname: "app.js" });
  });

  test("leaves out what .dockerignore names, and keeps its exceptions", async () => {
    await put(".dockerignore", "# a comment\nsrc\n!src/deep/lib.js\n");
    const names = [...(await packed()).keys()];
    expect(names).toContain("src/deep/lib.js");
    expect(names).not.toContain("src/app.js");
  });

  test("understands ** and a pattern with a slash in front", async () => {
    await put(".dockerignore", "**/*.js\n/src/deep\n");
    expect([...(await packed()).keys()].filter((name) => name.startsWith("src/"))).toEqual(["src/"]);
  });

  test("always has Dockerfile and .dockerignore, which the engine itself reads", async () => {
    await put(".dockerignore", "*\n");
    expect([...(await packed()).keys()].sort()).toEqual([".dockerignore", "Dockerfile"]);
  });

  test("gives BuildKit the Dockerfile only, since it would copy what it need not read", async () => {
    await put(".dockerignore", "*\n");
    expect([...(await packed(dockerfile, "buildkit")).keys()]).toEqual(["Dockerfile"]);
  });

  test("prefers the ignore file of this very Dockerfile", async () => {
    await put(".dockerignore", "src\n");
    await put("Dockerfile.dockerignore", "src/deep\n");
    const names = [...(await packed()).keys()];
    expect(names).toContain("src/app.js");
    expect(names).not.toContain("src/deep/lib.js");
  });

  test("brings a Dockerfile from elsewhere along, hidden from the image", async () => {
    const other = await mkdtemp(join(tmpdir(), "btest-dockerfile-"));
    await writeFile(join(other, "Dockerfile"), "FROM scratch\nLABEL elsewhere=yes\n");
    const entries = await packed(join(other, "Dockerfile"));
    const hidden = [...entries.keys()].find((name) => name.startsWith(".dockerfile."));
    expect(entries.get(hidden!)?.content).toContain("elsewhere=yes");
    expect(entries.get(".dockerignore")?.content).toContain(hidden);
    await rm(other, { recursive: true });
  });

  test("reports a file that cannot be read instead of ending early", async () => {
    // More than a stream buffers, first in order: the packer waits in it until somebody reads.
    await put("a-large-file", "x".repeat(4 << 20));
    const { stream, packed: done } = await packContext(folder, dockerfile, "classic");
    stream.on("error", () => undefined);
    const outcome = expect(done).rejects.toThrow(/ENOENT/);
    await rm(join(folder, "src"), { recursive: true });
    stream.resume();
    await outcome;
  });
});

describe("an image's inputs", () => {
  const check = (build: Record<string, string>, rest = {}) =>
    checkImage({ imageName: "app", skipPush: true, build, ...rest });

  test("get the platform of this machine, the Dockerfile in the context, and the context's digest", async () => {
    const { inputs, failures } = await check({ context: folder });
    expect(failures).toEqual([]);
    expect(inputs.build).toEqual({
      context: folder,
      dockerfile,
      platform: defaultPlatform(),
      contextDigest: await hashContext(folder, dockerfile),
    });
  });

  test("refuse a context that is no folder", async () => {
    expect((await check({ context: join(folder, "none") })).failures).toMatchObject([
      { property: "build.context" },
    ]);
  });

  test("refuse a Dockerfile that is not there, and tell where it would be", async () => {
    const projectFolder = process.cwd();
    process.chdir(folder);
    await put("src/Dockerfile", "FROM scratch\n");
    await rm(dockerfile);
    expect((await check({ context: "src", dockerfile: "Dockerfile" })).failures).toEqual([
      {
        property: "build.dockerfile",
        reason: expect.stringContaining('set it to "src/Dockerfile"') as string,
      },
    ]);
    process.chdir(projectFolder);
  });

  test("refuse a name without a registry where the image is pushed", async () => {
    expect((await check({ context: folder }, { skipPush: false })).failures).toMatchObject([
      { property: "imageName" },
    ]);
    expect(
      (await check({ context: folder }, { skipPush: false, imageName: "a.example.com/app" })).failures,
    ).toEqual([]);
  });
});
