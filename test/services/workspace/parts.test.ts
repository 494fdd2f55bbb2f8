import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { answerGit, credentialsOf } from "../../../services/workspace/git/credential";
import { seedHome } from "../../../services/workspace/home/seed";
import { connectionsTo, LastingConnections } from "../../../services/workspace/idle/connections";
import { CpuLoad, cpuUsedMs } from "../../../services/workspace/idle/cpu";
import { runningAgents, transfers } from "../../../services/workspace/idle/programs";
import { Log } from "../../../services/workspace/log";
import { pathsBelow, type Paths } from "../../../services/workspace/paths";
import { childEnvironment } from "../../../services/workspace/settings/child-environment";
import { placeClientFiles } from "../../../services/workspace/ssh/client-files";
import { setEnv } from "../../../services/workspace/ssh/server-files";
import { placeAiSettings } from "../../../services/workspace/tools/ai-settings";
import { placeKeyFiles } from "../../../services/workspace/tools/key-files";
import type { Workspace } from "../../../services/workspace/workspace";
import { workspaceSpec } from "../../../spec/workspace/workspace-spec";

let root: string;
let paths: Paths;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-workspace-"));
  paths = pathsBelow(root);
});
afterEach(() => fs.rmSync(root, { recursive: true }));

let lines: string[] = [];
beforeEach(() => (lines = []));

function workspace(spec: object = {}, secrets: Record<string, string> = {}): Workspace {
  return {
    spec: workspaceSpec.parse({ name: "one", ...spec }),
    secrets: new Map(Object.entries(secrets)),
    paths,
    options: { root, sshPort: 1, editorPort: 2, userId: 1, minuteMs: 1, self: [] },
    log: new Log((line) => lines.push(line)),
    environment: {},
  };
}
function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}
const read = (file: string): string => fs.readFileSync(file, "utf8");

describe("the home", () => {
  const image = (name: string): string => path.join(paths.skeleton, name);
  const home = (name: string): string => path.join(paths.home, name);

  it("gets the image's files, and newer ones where the user left them as they were", () => {
    write(image(".bashrc"), "one");
    write(image(".config/tool/settings"), "one");
    seedHome(workspace());
    expect(read(home(".config/tool/settings"))).toBe("one");
    write(image(".bashrc"), "two");
    write(image(".zshrc"), "new");
    seedHome(workspace());
    expect([read(home(".bashrc")), read(home(".zshrc"))]).toEqual(["two", "new"]);
    expect(lines.at(-1)).toContain("1 files added, 1 updated, 0 of the user's own left");
  });

  it("keeps what the user changed, had before, linked or removed", () => {
    for (const name of [".bashrc", ".profile", ".zshrc", ".vimrc"]) write(image(name), "one");
    write(home(".profile"), "mine before");
    seedHome(workspace());
    write(home(".bashrc"), "mine");
    fs.rmSync(home(".zshrc"));
    fs.rmSync(home(".vimrc"));
    fs.symlinkSync("dotfiles/vimrc", home(".vimrc"));
    for (const name of [".bashrc", ".profile", ".zshrc", ".vimrc"]) write(image(name), "two");
    for (let start = 0; start < 2; start++) seedHome(workspace());
    expect([read(home(".bashrc")), read(home(".profile"))]).toEqual(["mine", "mine before"]);
    expect(fs.existsSync(home(".zshrc"))).toBe(false);
    expect(fs.readlinkSync(home(".vimrc"))).toBe("dotfiles/vimrc");
  });

  it("has nothing overwritten when the record on the volume is lost or damaged", () => {
    write(image(".bashrc"), "one");
    seedHome(workspace());
    write(path.join(paths.kept, "home.json"), "{");
    write(image(".bashrc"), "two");
    seedHome(workspace());
    expect(read(home(".bashrc"))).toBe("one");
    expect(lines.join()).toContain("home.json is damaged and begun anew");
  });
});

describe("AI tools", () => {
  const servers = (mcpServers: object): object => ({ tools: { mcpServers } });
  const claude = (): string => path.join(paths.home, ".claude.json");
  const settings = (file: string): Record<string, Record<string, unknown>> =>
    JSON.parse(read(path.join(paths.home, file))) as Record<string, Record<string, unknown>>;

  it("have the spec's MCP servers, each in its own form", () => {
    placeAiSettings(workspace(servers({ files: { command: "mcp-files", args: ["/workspace"] } })));
    const entry = { command: "mcp-files", args: ["/workspace"] };
    expect(settings(".claude.json").mcpServers).toEqual({ files: { type: "stdio", ...entry } });
    expect(settings(".gemini/settings.json").mcpServers).toEqual({ files: entry });
    expect(settings(".copilot/mcp-config.json").mcpServers).toEqual({
      files: { type: "local", tools: ["*"], ...entry },
    });
  });

  it("keep the user's own entries, comments and order, and lose what left the spec", () => {
    const own = `{\n  // mine\n  "theme": "dark",\n  "mcpServers": {\n    "files": { "command": "my-own" }\n  }\n}\n`;
    write(claude(), own);
    placeAiSettings(workspace(servers({ files: { command: "a" }, search: { command: "b" } })));
    expect(read(claude())).toContain(`// mine\n  "theme": "dark"`);
    expect(read(claude())).toContain("my-own");
    expect(read(claude())).toContain('"search"');
    expect(lines.join()).toContain("mcpServers.files is the user's own and stays");
    placeAiSettings(workspace(servers({})));
    expect(read(claude())).not.toContain('"search"');
    expect(read(claude())).toContain("my-own");
  });

  it("follow a changed spec where the user changed nothing, and leave out what the user took out", () => {
    placeAiSettings(workspace(servers({ files: { command: "a" }, search: { command: "b" } })));
    placeAiSettings(workspace(servers({ files: { command: "a2" }, search: { command: "b" } })));
    expect(settings(".claude.json").mcpServers).toMatchObject({ files: { command: "a2" } });
    write(claude(), "{}");
    placeAiSettings(workspace(servers({ files: { command: "a2" }, search: { command: "b" } })));
    expect(read(claude())).toBe("{}");
  });

  it("whose settings are no JSON are left with a warning", () => {
    write(claude(), "{ broken");
    placeAiSettings(workspace(servers({ files: { command: "a" } })));
    expect(read(claude())).toBe("{ broken");
    expect(lines.join()).toContain("~/.claude.json is no JSON and was left as it is");
  });

  it("may start MCP servers in the home and in the spec's repositories, and nowhere else", () => {
    const repositories = [{ url: "https://git.example.org/shop.git" }];
    const tools = { mcpServers: { files: { command: "a" } } };
    placeAiSettings(workspace({ tools, repositories }));
    const trusted = (): object => settings(".gemini/trustedFolders.json");
    const home = { [paths.home]: "TRUST_FOLDER" };
    expect(trusted()).toEqual({ ...home, [path.join(paths.projects, "shop")]: "TRUST_FOLDER" });
    placeAiSettings(workspace({ tools }));
    expect(trusted()).toEqual(home);
  });

  it("use the key without asking how to log in, unless the user chose another way", () => {
    const withKey = (): Workspace => workspace({}, { "gemini-api-key": "AIza-secret" });
    placeAiSettings(withKey());
    expect(settings(".gemini/settings.json").security).toEqual({ auth: { selectedType: "gemini-api-key" } });
    write(
      path.join(paths.home, ".gemini/settings.json"),
      '{"security":{"auth":{"selectedType":"oauth-personal"}}}',
    );
    placeAiSettings(withKey());
    expect(settings(".gemini/settings.json").security).toEqual({ auth: { selectedType: "oauth-personal" } });
  });

  it("get their keys from files, and only those that the spec has", () => {
    const secrets = { "gemini-api-key": "AIza-secret", "git-github-token": "github_pat_secret" };
    placeKeyFiles(workspace({ tools: { ai: ["gemini"] } }, secrets));
    expect(fs.readdirSync(paths.tools).sort()).toEqual(["gemini.sh", "gh.sh"]);
    expect(read(path.join(paths.tools, "gemini.sh"))).not.toContain("AIza");
  });
});

describe("git's credentials", () => {
  const all: Record<string, string> = {
    "git-github-token": "one",
    "git-gitlab-token": "two",
    "git-bitbucket-token": "me:three",
    "git-credentials": "https://you:f%2Four@git.example.org:8443",
  };
  const ask = (question: string): string =>
    answerGit(
      question,
      credentialsOf((key) => all[key]),
    );

  it.each([
    ["github.com", "username=x-access-token\npassword=one\n"],
    ["gist.github.com", "username=x-access-token\npassword=one\n"],
    ["gitlab.com", "username=oauth2\npassword=two\n"],
    ["bitbucket.org", "username=me\npassword=three\n"],
    ["git.example.org:8443", "username=you\npassword=f/our\n"],
    ["GitHub.com:443", "username=x-access-token\npassword=one\n"],
    ["git.example.org", ""],
    ["evil-github.com", ""],
    ["github.com.evil.org", ""],
  ])("are given to %s as %j", (host, answer) => {
    expect(ask(`protocol=https\nhost=${host}\n\n`)).toBe(answer);
  });

  it("go over no unencrypted connection, and to no other user", () => {
    expect(ask("protocol=http\nhost=github.com\n")).toBe("");
    expect(ask("protocol=https\nhost=github.com\nusername=somebody\n")).toBe("");
  });
});

describe("what counts as use", () => {
  const line = (local: string, remote: string, state: string): string =>
    `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1000        0 1`;
  const table = (...rows: string[]): string => ["  sl  local_address rem_address   st", ...rows].join("\n");

  it("is an established connection to a port of the workspace, from either family of addresses", () => {
    const four = table(
      line("0100007F:08AE", "0100007F:D431", "01"),
      line("00000000:08AE", "00000000:0000", "0A"),
    );
    const six = table(line(`${"0".repeat(32)}:08AE`, `${"1".repeat(32)}:D432`, "01"));
    // This end of a connection to somebody else's port.
    const out = table(line("0100007F:D431", "0100007F:08AE", "01"));
    expect(connectionsTo(2222, [four, six, out])).toEqual(["0100007F:D431", `${"1".repeat(32)}:D432`]);
  });

  it("is a connection that lasts, not a platform's look whether something answers", () => {
    const lasting = new LastingConnections([{ port: 2222, what: "SSH" }]);
    const tables = (...ports: string[]): string[] => [
      table(...ports.map((port) => line("0100007F:08AE", `0100007F:${port}`, "01"))),
    ];
    expect(lasting.look(tables("AAAA"))).toEqual([]);
    expect(lasting.look(tables("BBBB"))).toEqual([]);
    expect(lasting.look(tables("BBBB", "CCCC"))).toEqual(["1 connection to SSH"]);
    expect(lasting.look(tables("BBBB", "CCCC"))).toEqual(["2 connections to SSH"]);
  });

  it("is the container's time on the cores, by either version of control groups or its processes", () => {
    const processes = (): {
      pid: number;
      parent: number;
      userId: number;
      args: string[];
      cpuMs: number;
    }[] => [{ pid: 2, parent: 1, userId: 1, args: ["x"], cpuMs: 70 }];
    expect(cpuUsedMs(paths.cgroup, processes)).toBe(70);
    write(path.join(paths.cgroup, "cpuacct/cpuacct.usage"), "2500000\n");
    expect(cpuUsedMs(paths.cgroup, processes)).toBe(2.5);
    write(path.join(paths.cgroup, "cpu.stat"), "usage_usec 1500\nuser_usec 1\n");
    expect(cpuUsedMs(paths.cgroup, processes)).toBe(1.5);
  });

  it("is the load over a minute: a short peak is none", () => {
    const load = new CpuLoad(60_000);
    expect(load.look(0, 0)).toBe(0);
    expect(load.look(15_000, 3_000)).toBe(20);
    for (const at of [30_000, 45_000, 60_000, 75_000]) load.look(at, 3_000);
    expect(load.look(90_000, 3_000)).toBe(0);
  });

  const running = (...commands: string[]): Parameters<typeof runningAgents>[0] =>
    commands.map((command, index) => ({
      pid: index + 2,
      parent: 1,
      userId: 1,
      args: command.split(" "),
      cpuMs: 0,
    }));

  it("is an AI tool at work, however it was started", () => {
    expect(runningAgents(running("claude", "bash -l"))).toEqual(["claude runs"]);
    expect(runningAgents(running("node --no-warnings=x /opt/ai/node_modules/.bin/gemini -p hello"))).toEqual([
      "gemini runs",
    ]);
    expect(
      runningAgents(running("/usr/local/bin/node /opt/ai/copilot/index.js", "/opt/berth/tools/copilot")),
    ).toEqual(["copilot runs"]);
    expect(runningAgents(running("vim claude", "grep gemini notes", "bash -c claude-lint"))).toEqual([]);
  });

  it("is a transfer in flight, in and out", () => {
    expect(
      transfers(
        running(
          "sshd-session: dev@internal-sftp",
          "scp -t /workspace/projects",
          "rsync --server -e.LsfxCIvu . .",
          "git -C shop push origin main",
          "/usr/lib/git-core/git-remote-https origin https://git.example.org/x",
        ),
      ),
    ).toEqual(["sftp", "scp", "rsync", "git push", "git-remote-https"].map((what) => `${what} is in flight`));
    expect(transfers(running("git status", "git log --grep push", "sshd-session: dev@pts/0"))).toEqual([]);
  });
});

describe("the environment of sessions", () => {
  it("is the container's own without secrets and settings, and with the user's", () => {
    const given = {
      BERTH_SECRET_A: "x",
      BERTH_WORKSPACE: "{}",
      TERM: "dumb",
      http_proxy: "http://p:1",
      HOME: "/root",
    };
    expect(childEnvironment(given, paths)).toEqual({
      ...{
        PATH: "/usr/local/bin:/usr/bin:/bin",
        LANG: "C.UTF-8",
        http_proxy: "http://p:1",
        HOME: paths.home,
      },
      ...{ USER: "dev", LOGNAME: "dev", SHELL: "/bin/bash", BERTH_SECRETS: paths.secrets },
    });
  });

  it("is one line of sshd's, without what that cannot say", () => {
    expect(setEnv({ A: "one two", "B-C": "x", D: 'say "x"', E: "a\nb", HOME: "/h", F: "" })).toBe(
      'SetEnv "A=one two" "F="\n',
    );
  });
});

it("the published host keys of the large services are known before the first connection", () => {
  placeClientFiles(workspace({}, { "ssh-key": "KEY" }));
  const hosts = path.join(paths.ssh, "known_hosts");
  // As docs.github.com, docs.gitlab.com and support.atlassian.com publish them.
  expect(execFileSync("ssh-keygen", ["-lf", hosts], { encoding: "utf8" })).toBe(
    "256 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU github.com (ED25519)\n" +
      "256 SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8 gitlab.com (ED25519)\n" +
      "256 SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM bitbucket.org (ED25519)\n",
  );
  const used = execFileSync("ssh", ["-F", path.join(paths.ssh, "client.conf"), "-G", "github.com"], {
    encoding: "utf8",
  });
  expect(used).toContain("stricthostkeychecking accept-new\n");
  expect(used).toContain(`globalknownhostsfile ${hosts} `);
  expect(used).toContain(`identityfile ${paths.ssh}/git_key\n`);
  expect(fs.statSync(path.join(paths.ssh, "git_key")).mode & 0o777).toBe(0o600);
});

describe("the log", () => {
  it("shows no secret that another program prints: whole, in part, in an address or in base64", () => {
    const { log } = workspace();
    log.hide("key", "to&ken-0123\nsecond line");
    const forms = [
      "to&ken-0123",
      "second line",
      "to%26ken-0123",
      Buffer.from("to&ken-0123").toString("base64"),
    ];
    log.error("git", `x ${forms.join(" x ")} x`);
    expect(lines[0]).toMatch(
      /^\S+ error git: x \[secret key\] x \[secret key\] x \[secret key\] x \[secret key\] x\n$/,
    );
  });

  it("makes one line of several", () => {
    workspace().log.info("setup", "a\nb");
    expect(lines[0]).toContain("info  setup: a | b\n");
  });
});
