import * as fs from "node:fs";
import * as path from "node:path";
import type { OnceStatus } from "../../../spec/workspace/status";
import { runCommand, type CommandResult } from "../../support/run-command";
import { GitServer } from "./git-server";
import { WorkspaceLab } from "./lab";

const TOKEN = "t0ken-c4n4ry-0123456789";

let lab: WorkspaceLab;
const server = new GitServer(TOKEN);
beforeAll(async () => {
  await server.start();
  server.add("shop", { "README.md": "shop\n" });
  server.add("broken", { "README.md": "broken\n" });
  server.add("dotfiles", {
    ".vimrc": "set number\n",
    ".bashrc": "mine\n",
    ".profile": "mine\n",
    "README.md": "",
  });
  server.add("scripted", { "install.sh": 'echo installed >> "$HOME/trace"\n', ".vimrc": "" });
});
afterAll(() => server.dispose());
beforeEach(() => (lab = new WorkspaceLab()));
afterEach(() => lab.dispose());

const secrets = (): Record<string, string> => ({
  "git-credentials": `https://dev:${TOKEN}@${server.host}\n`,
});
const trusting = (): Record<string, string> => ({ GIT_SSL_CAINFO: server.caFile });

/** Starts, and waits until everything that is done once has come to its end. */
async function startUntilDone(pieces: number): Promise<OnceStatus[]> {
  lab.start(trusting());
  await lab.healthy();
  await lab.until("the end of the work", async () => {
    const { once } = await lab.status();
    return once.length >= pieces && once.every(({ state }) => state !== "running");
  });
  return (await lab.status()).once;
}

/** Git as the user runs it, without anybody to ask. */
function git(folder: string, ...args: string[]): Promise<CommandResult> {
  return runCommand("git", ["-C", path.join(lab.paths.projects, folder), "-c", "safe.directory=*", ...args], {
    environment: {
      ...{ HOME: lab.paths.home, GIT_CONFIG_SYSTEM: path.join(lab.paths.git, "config") },
      ...{
        GIT_TERMINAL_PROMPT: "0",
        GIT_ASKPASS: "/bin/false",
        GIT_SSL_CAINFO: undefined,
        SSL_CERT_FILE: undefined,
      },
    },
  });
}

describe("repositories", () => {
  it("are cloned over https with the secret, set up once, and pushed to without a question", async () => {
    const setup = 'echo "set up" >> trace';
    await lab.prepare(
      {
        secrets: ["git-credentials"],
        git: { name: "Ada", email: "ada@example.org" },
        repositories: [{ url: server.url("shop"), setup }],
      },
      secrets(),
    );
    expect(await startUntilDone(2)).toEqual([
      { what: "repository shop", state: "done" },
      { what: "setup of shop", state: "done" },
    ]);
    fs.writeFileSync(path.join(lab.paths.projects, "shop", "new.txt"), "new");
    expect(await git("shop", "add", "new.txt")).toMatchObject({ exitCode: 0 });
    expect(await git("shop", "commit", "--message=from the workspace")).toMatchObject({ exitCode: 0 });
    expect(await git("shop", "push", "origin", "main")).toMatchObject({ exitCode: 0 });
    expect(server.commits("shop")).toEqual([
      "Ada ada@example.org from the workspace",
      "Server server@example.org first",
    ]);

    await lab.end("SIGTERM");
    expect(await startUntilDone(0)).toEqual([]);
    expect(lab.read("workspace/projects/shop/trace")).toBe("set up\n");
    expect(lab.output).not.toContain("c4n4ry");
    const kept = fs
      .readdirSync(lab.paths.volume, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile());
    const holders = kept.filter((entry) =>
      fs.readFileSync(path.join(entry.parentPath, entry.name)).includes("c4n4ry"),
    );
    expect(holders).toEqual([]);
  });

  it("that cannot be had are said with what to do, stop nothing, and come at the next start", async () => {
    await lab.prepare({ repositories: [{ url: server.url("shop"), setup: "true" }] });
    const [piece] = await startUntilDone(1);
    expect(piece).toMatchObject({ what: "repository shop", state: "failed" });
    expect(piece?.problem).toMatch(
      /cannot be cloned .*: give a token for localhost:\d+ as its secret.*; tried again at the next start/,
    );
    expect((await lab.status()).healthy).toBe(true);
    await lab.end("SIGTERM");
    lab.describe({
      secrets: ["git-credentials"],
      repositories: [{ url: server.url("shop"), setup: "true" }],
    });
    lab.write("run/secrets/berth/git-credentials", secrets()["git-credentials"] ?? "");
    expect(await startUntilDone(2)).toMatchObject([{ state: "done" }, { state: "done" }]);
  });

  it("whose setup fails are there, and it is not run again", async () => {
    await lab.prepare(
      {
        secrets: ["git-credentials"],
        repositories: [{ url: server.url("broken"), setup: "echo once >> trace; echo went wrong; exit 3" }],
      },
      secrets(),
    );
    const pieces = await startUntilDone(2);
    expect(pieces[1]?.problem).toMatch(/failed \(exit code 3: went wrong\): run it by hand in .*broken/);
    await lab.end("SIGTERM");
    expect(await startUntilDone(0)).toEqual([]);
    expect(lab.read("workspace/projects/broken/trace")).toBe("once\n");
  });

  it("whose folder the user has already are left as they are", async () => {
    await lab.prepare({ repositories: [{ url: server.url("shop"), setup: "touch ran" }] });
    fs.mkdirSync(path.join(lab.paths.projects, "shop"), { recursive: true });
    lab.write("workspace/projects/shop/mine", "mine");
    expect(await startUntilDone(1)).toEqual([{ what: "repository shop", state: "done" }]);
    expect(fs.readdirSync(path.join(lab.paths.projects, "shop"))).toEqual(["mine"]);
  });
});

describe("dotfiles", () => {
  it("without a script are linked into the home, over the image's files and not over the user's", async () => {
    await lab.prepare({ secrets: ["git-credentials"], dotfiles: { url: server.url("dotfiles") } }, secrets());
    lab.write("usr/share/berth/home/.bashrc", "image\n");
    lab.write("workspace/home/.profile", "the user's\n");
    expect(await startUntilDone(1)).toEqual([{ what: "dotfiles", state: "done" }]);
    expect(fs.readlinkSync(path.join(lab.paths.home, ".bashrc"))).toBe(".dotfiles/.bashrc");
    expect(lab.read("workspace/home/.vimrc")).toBe("set number\n");
    expect(lab.read("workspace/home/.profile")).toBe("the user's\n");
    await lab.end("SIGTERM");
    lab.write("usr/share/berth/home/.bashrc", "newer image\n");
    expect(await startUntilDone(0)).toEqual([]);
    expect(lab.read("workspace/home/.bashrc")).toBe("mine\n");
  });

  it("with a script have it run once", async () => {
    await lab.prepare({ secrets: ["git-credentials"], dotfiles: { url: server.url("scripted") } }, secrets());
    expect(await startUntilDone(1)).toEqual([{ what: "dotfiles", state: "done" }]);
    await lab.end("SIGTERM");
    expect(await startUntilDone(0)).toEqual([]);
    expect(lab.read("workspace/home/trace")).toBe("installed\n");
  });
});

it("extensions that the source does not have are named, and tried again at the next start", async () => {
  await lab.prepare({ tools: { extensions: ["one.present", "absent.other"] } });
  expect(await startUntilDone(1)).toMatchObject([
    {
      what: "extensions",
      state: "failed",
      problem: expect.stringMatching(/^absent.other not installed \(exit code 1\)/) as string,
    },
  ]);
  await lab.end("SIGTERM");
  await startUntilDone(1);
  expect(lab.output).not.toContain("one.present is installed");
});
