import * as fs from "node:fs";
import * as path from "node:path";
import { WorkspaceLab } from "./lab";

let lab: WorkspaceLab;
beforeEach(() => (lab = new WorkspaceLab()));
afterEach(() => lab.dispose());

/** A file that only this workspace could have been told. */
const TOKEN = "ghp_c4n4ryC4N4RYc4n4ryC4N4RYc4n4ryC4N4RY";

describe("a running workspace", () => {
  it("says that it is healthy once the editor answers, and what it watches", async () => {
    await lab.prepare({ idleStop: { afterMinutes: 30 } });
    lab.start();
    await lab.healthy();
    const status = await lab.status();
    expect(status).toMatchObject({
      name: "lab",
      healthy: true,
      services: [{ name: "editor", state: "answers", restarts: 0 }],
      idleStop: { afterMinutes: 30, idleMinutes: 0 },
    });
    expect((await lab.command("status")).stdout).toMatch(/workspace {2}lab, healthy[^]*editor {5}answers/);
  });

  it("starts an editor that died again, after a pause", async () => {
    await lab.prepare({});
    lab.start();
    await lab.healthy();
    const first = Number(await lab.editor("/process"));
    process.kill(first, "SIGKILL");
    await lab.until("a restart", async () => (await lab.status()).services[0]?.restarts === 1);
    await lab.healthy();
    expect(Number(await lab.editor("/process"))).not.toBe(first);
    expect(lab.output).toContain("editor: ended (signal SIGKILL); started again in 0.25 s");
  });

  it("is not healthy while the editor hangs, and says so", async () => {
    await lab.prepare({});
    lab.start();
    await lab.healthy();
    const editor = Number(await lab.editor("/process"));
    process.kill(editor, "SIGSTOP");
    await lab.until("silence", async () => {
      const { exitCode, stdout } = await lab.command("health");
      return exitCode === 1 && /^editor port \d+: no answer within 3 s$/m.test(stdout);
    });
    process.kill(editor, "SIGCONT");
    await lab.healthy();
  });

  it("ends with all that it started within ten seconds, also what ignores the signal", async () => {
    await lab.prepare({});
    lab.start({ DEAF: "1" });
    await lab.healthy();
    const editor = Number(await lab.editor("/process"));
    const { code, tookMs } = await lab.end("SIGTERM");
    expect(code).toBe(0);
    expect(tookMs).toBeGreaterThan(5_000);
    expect(tookMs).toBeLessThan(9_000);
    expect(fs.existsSync(`/proc/${editor}`)).toBe(false);
    expect(lab.output).toMatch(/killed after 6 s: .*\(\d+\)/);
  });

  it("ends in a moment where nothing resists, and starts again as it was", async () => {
    await lab.prepare({});
    for (let round = 0; round < 2; round++) {
      lab.start();
      await lab.healthy();
      const { code, tookMs } = await lab.end("SIGTERM");
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(2_000);
    }
    expect(fs.existsSync(lab.paths.stoppedMarker)).toBe(false);
  });

  it("stops when it is asked to, says so to what runs beside it, and takes that back at its next start", async () => {
    await lab.prepare({});
    lab.start();
    await lab.healthy();
    expect((await lab.command("stop")).stdout).toContain("stopping");
    expect((await lab.end()).code).toBe(0);
    expect(fs.existsSync(lab.paths.stoppedMarker)).toBe(true);
    lab.start();
    await lab.healthy();
    expect(fs.existsSync(lab.paths.stoppedMarker)).toBe(false);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot("runs what must be root before it becomes its user, and goes on where that fails", async () => {
    await lab.prepare({});
    lab.write("etc/berth/as-root.d/10-fails", "#!/bin/sh\nexit 3\n", 0o755);
    lab.write(
      "etc/berth/as-root.d/20-notes",
      `#!/bin/sh\nid -u > ${lab.root}/who\nenv >> ${lab.root}/who\n`,
      0o755,
    );
    lab.start({ BERTH_SECRET_ANY: "c4n4ry" });
    await lab.healthy();
    expect(lab.read("who")).toMatch(/^0\n/);
    expect(lab.read("who")).not.toContain("c4n4ry");
    expect(lab.output).toMatch(
      /10-fails, run as root, failed[^]*20-notes was run as root[^]*goes on as the user/,
    );
  });

  it("lets its user in when the home cannot be written", async () => {
    await lab.prepare({});
    lab.write("usr/share/berth/home/.bashrc", "image");
    // Stands in the way of the file that is written first.
    lab.write("workspace/home/.bashrc.berth-new/file", "");
    lab.start();
    await lab.healthy();
    expect(lab.output).toMatch(/error home: not all is in place \(.*EISDIR.*\): mend that/);
  });

  it("tells a command that nothing runs", async () => {
    await lab.prepare({});
    const { exitCode, output } = await lab.command("health");
    expect(exitCode).toBe(1);
    expect(output).toContain("the workspace does not answer on");
    expect((await lab.command("sleep")).output).toContain("'sleep' is no command");
    expect((await lab.command("keep-awake", "soon")).output).toContain("keep-awake takes whole minutes");
  });
});

describe("secrets", () => {
  const spec = {
    editor: { auth: "password" },
    secrets: ["git-github-token", "gemini-api-key", "anthropic-api-key", "editor-password", "own.thing"],
    git: { name: "Ada", email: "ada@example.org" },
  };
  const values = {
    "git-github-token": TOKEN,
    "gemini-api-key": "AIzaC4n4ryC4n4ryC4n4ryC4n4ry",
    "anthropic-api-key": "sk-ant-c4n4ry-c4n4ry-c4n4ry",
    "editor-password": "c4n4ry horse battery staple",
    "own.thing": "c4n4ry-of-my-own",
  };

  it("are files that the user alone may read, wherever they came from, and nowhere else", async () => {
    const { "own.thing": own, ...files } = values;
    await lab.prepare(spec, files);
    lab.start({ BERTH_SECRET_OWN_THING: own, BERTH_SECRET_TYPING_ERROR: "c4n4ry-undeclared", PLAIN: "kept" });
    await lab.healthy();
    for (const [key, value] of Object.entries(values)) {
      const file = path.join(lab.paths.secrets, key);
      expect(fs.readFileSync(file, "utf8")).toBe(`${value}\n`);
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    }
    const environment = JSON.parse(await lab.editor("/environment")) as Record<string, string>;
    expect(environment).toMatchObject({
      PLAIN: "kept",
      BERTH_SECRETS: lab.paths.secrets,
      HOME: lab.paths.home,
    });
    const editor = Number(await lab.editor("/process"));
    const seen = [
      JSON.stringify(environment),
      ...["environ", "cmdline"].map((name) => fs.readFileSync(`/proc/${editor}/${name}`, "latin1")),
      fs.readFileSync(`/proc/${lab.pid}/cmdline`, "latin1"),
      (await lab.command("status", "--json")).stdout,
      lab.output,
      ...filesBelow(lab.paths.volume).map((file) => fs.readFileSync(file, "latin1")),
      ...filesBelow(lab.paths.run)
        .filter((file) => !file.startsWith(lab.paths.secrets))
        .map((file) => fs.readFileSync(file, "latin1")),
    ];
    expect(seen.filter((text) => /c4n4ry/i.test(text))).toEqual([]);
    expect(lab.output).toContain("BERTH_SECRET_TYPING_ERROR is ignored");
    expect(JSON.parse(lab.read("workspace/home/.claude/settings.json"))).toEqual({
      apiKeyHelper: `cat ${lab.paths.secrets}/anthropic-api-key`,
    });
  });

  it("that a bad value is in end the start before anything is made", async () => {
    await lab.prepare(spec, { ...values, "git-github-token": "glpat-c4n4ryc4n4ryc4n4ry" });
    lab.start();
    expect((await lab.end()).code).toBe(1);
    expect(lab.output).toContain("is a GitLab token: give it as 'git-gitlab-token'");
    expect(lab.output).not.toMatch(/c4n4ry/i);
    expect(fs.readdirSync(lab.paths.volume)).toEqual([]);
  });

  it("missing for the editor's login ends the start with the way to give it", async () => {
    await lab.prepare({ editor: { auth: "password" } });
    lab.start();
    expect((await lab.end()).code).toBe(1);
    expect(lab.output).toContain(
      "add 'editor-password' to 'secrets' and give it as a file or as BERTH_SECRET_EDITOR_PASSWORD",
    );
  });
});

function filesBelow(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
