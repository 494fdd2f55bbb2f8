import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { WorkspaceLab } from "../../images/workspace/lab";

const CANARY = "c4n4ryC4n4RYc4n4ry0123";
const SECRETS = {
  "gemini-api-key": `AIza${CANARY}`,
  "git-github-token": `github_pat_${CANARY}`,
  "anthropic-api-key": `sk-ant-${CANARY}`,
  "ssh-key": "",
};
const lab = new WorkspaceLab();
let image: string;
let spec: string;
beforeAll(async () => {
  image = await lab.build("remote");
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "btest-key-")), "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  SECRETS["ssh-key"] = fs.readFileSync(file, "utf8");
  const gitKey = fs.readFileSync(`${file}.pub`, "utf8");
  fs.rmSync(path.dirname(file), { recursive: true });
  spec = JSON.stringify({
    name: "probe",
    authorizedKeys: [await lab.publicKey(), gitKey],
    secrets: Object.keys(SECRETS),
    git: { name: "Ada", email: "ada@example.org" },
  });
});
afterAll(() => lab.dispose());

async function start(suffix: string, volume: string, command: string[] = []): Promise<string> {
  const container = await lab.bench.start(suffix, image, {
    ...{ env: { BERTH_WORKSPACE: spec, PLAIN: "kept" }, secrets: SECRETS, command },
    volumes: { [volume]: "/workspace" },
  });
  await lab.untilHealthy(container);
  return container;
}

async function inside(container: string, script: string, user = "dev"): Promise<string> {
  const { stdout, stderr } = await lab.bench.docker(["exec", "--user", user, container, "sh", "-c", script]);
  return stdout + stderr;
}

/** Finds the secrets and not itself. */
const PATTERN = CANARY.replace("c", "[c]");
/** Everything in which a secret could be seen: of each process that this one may look into, and of what is kept. */
const SEARCH = `
for process in /proc/[0-9]*; do cat $process/environ $process/cmdline 2>/dev/null | tr '\\0' '\\n'; done | grep -c '${PATTERN}'
grep -rl '${PATTERN}' /workspace /run/berth /etc /tmp 2>/dev/null | grep -v '^/run/berth/secrets/'
echo searched`;

describe("started as its user, without any capability", () => {
  let container: string;
  let volume: string;
  beforeAll(async () => {
    volume = await lab.bench.volume();
    container = await start("user", volume);
  });

  it("gives a command over SSH the container's environment, Git's identity and the tools' keys", async () => {
    const tool = fs.readFileSync(
      path.resolve("images/workspace/files/full/usr/local/bin/berth-tool"),
      "utf8",
    );
    const echo = "#!/bin/sh\necho key $GEMINI_API_KEY\n";
    for (const [file, content] of [
      ["/usr/local/bin/gemini", tool],
      ["/opt/berth/tools/gemini", echo],
    ] as const)
      await lab.bench.docker(
        [
          "exec",
          "-i",
          "--user",
          "root",
          container,
          "sh",
          "-c",
          `mkdir -p /opt/berth/tools && cat > ${file} && chmod 755 ${file}`,
        ],
        content,
      );
    const { stdout } = await lab.ssh(container, [
      "echo $PLAIN; git config user.email; gemini; env | grep -c C4n4RY",
    ]);
    expect(stdout).toBe(`kept\nada@example.org\nkey ${SECRETS["gemini-api-key"]}\n0\n`);
    const fill = "printf 'protocol=https\\nhost=github.com\\n\\n' | git credential fill";
    expect((await lab.ssh(container, [fill])).stdout).toContain(`password=${SECRETS["git-github-token"]}`);
    expect(
      (await lab.ssh(container, ["ssh -G git@example.org | grep -i -E '^stricthost|known_hosts$'"])).stdout,
    ).toMatch(/stricthostkeychecking accept-new[^]*\/run\/berth\/ssh\/known_hosts/);
  });

  it("has git over SSH use the secret key, with nobody to ask about the host", async () => {
    const bare = "git init --quiet --bare /workspace/projects/bare.git";
    const push = "git push --quiet ssh://dev@127.0.0.1:2222/workspace/projects/bare.git HEAD:main";
    const work = "git init --quiet work && cd work && git commit --quiet --allow-empty --message=first";
    const { stdout, stderr } = await lab.ssh(container, [
      `${bare} && ${work} && ${push} && git ls-remote origin 2>&1; git -C ../../projects/bare.git log --format=%an main`,
    ]);
    expect({ stdout: stdout.split("\n").at(-2), stderr }).toMatchObject({ stdout: "Ada" });
    expect(
      await inside(container, "grep -c C4n4RY /workspace/home/.ssh/known_hosts; ls /workspace/home/.ssh"),
    ).toBe("0\nknown_hosts\n");
  });

  it("shows no secret: not to a process, on the volume, in the log or to who inspects it", async () => {
    expect(await inside(container, SEARCH)).toBe("0\nsearched\n");
    expect(await lab.bench.logs(container)).not.toContain(CANARY);
    const { stdout } = await lab.bench.docker(["inspect", container]);
    expect(stdout).not.toContain(CANARY);
  });

  it("starts sshd again when it dies, and says so", async () => {
    await inside(container, "kill -9 $(pgrep -o sshd)");
    await lab.untilHealthy(container);
    expect((await lab.ssh(container, ["id -un"])).stdout).toBe("dev\n");
    expect(await lab.bench.logs(container)).toContain(
      "sshd: ended (signal SIGKILL); started again in 0.25 s",
    );
  });

  it("writes what happens and nothing of its own looks into the log", async () => {
    const log = await lab.bench.logs(container);
    expect(log).toMatch(/info {2}sshd: Accepted publickey for dev/);
    expect(log).not.toMatch(/kex_exchange|Connection closed by 127\.0\.0\.1 port \d+ \[preauth\]/);
  });

  it("ends within ten seconds, with sessions open and a process that ignores the signal", async () => {
    const session = lab.ssh(container, [`trap "" TERM HUP; while true; do sleep 1; done`]);
    await lab.bench.docker([
      "exec",
      "-d",
      container,
      "sh",
      "-c",
      `trap "" TERM; while true; do sleep 1; done`,
    ]);
    const { exitCode, seconds } = await lab.bench.stop(container);
    expect({ exitCode, inTime: seconds < 10 }).toEqual({ exitCode: 0, inTime: true });
    expect((await session).exitCode).not.toBe(0);
    expect(await lab.bench.logs(container)).toMatch(/stop: stopped\n$/);
  });

  it("has the same host key with another container on its volume", async () => {
    const keyOf = async (of: string): Promise<string | undefined> =>
      /host key (SHA256:\S+)/.exec(await lab.bench.logs(of))?.[1];
    const next = await start("next", volume);
    expect(await keyOf(next)).toBe(await keyOf(container));
    expect(await keyOf(next)).toBeDefined();
  });
});

describe("started as root, with variables", () => {
  const name = `${lab.bench.prefix}-root`;
  afterAll(() => lab.bench.docker(["rm", "--force", "--volumes", name]));

  it("goes on as its user, who owns the volume and cannot read the variables again", async () => {
    const variables = Object.entries(SECRETS).map(
      ([key, value]) => `BERTH_SECRET_${key.toUpperCase().replaceAll("-", "_")}=${value}`,
    );
    const environment = [`BERTH_WORKSPACE=${spec}`, ...variables].flatMap((pair) => ["--env", pair]);
    const rights = [
      "--cap-drop=ALL",
      "--cap-add=SETUID",
      "--cap-add=SETGID",
      "--cap-add=CHOWN",
      "--security-opt=no-new-privileges",
    ];
    // A volume that belongs to root, as platforms mount them.
    const mount = ["--tmpfs=/workspace:mode=0755,uid=0"];
    await lab.bench.docker([
      "run",
      "--detach",
      "--name",
      name,
      "--user=0",
      ...rights,
      ...mount,
      ...environment,
      image,
    ]);
    await lab.untilHealthy(name);
    expect(await inside(name, "ps -eo uid=,args=")).toMatch(/^ *1000 .*node \/opt\/berth\/main\.js$/m);
    const owners = "stat -c '%U' /workspace /workspace/home /workspace/projects /workspace/.berth/ssh/*";
    expect(await inside(name, owners)).toMatch(/^(dev\n)+$/);
    // Over SSH: what the engine executes in a container has all of its variables.
    expect((await lab.ssh(name, [SEARCH])).stdout).toBe("0\nsearched\n");
    const key = `${SECRETS["gemini-api-key"]}\n`;
    expect(await inside(name, "cat /run/berth/secrets/gemini-api-key")).toBe(key);
    expect((await lab.ssh(name, ["id -un; ps -eo stat= | grep -c Z"])).stdout).toBe("dev\n0\n");
  });

  it("says which rights it lacks", async () => {
    const { stdout, stderr } = await lab.bench.docker([
      "run",
      "--rm",
      "--user=0",
      "--cap-drop=ALL",
      "--env",
      `BERTH_WORKSPACE=${spec}`,
      image,
    ]);
    expect(stdout + stderr).toMatch(
      /started as root and cannot become the user 1000 \(EPERM\): add the capabilities SETUID and SETGID/,
    );
  });
});

it("an idle workspace tells its terminals, and its container ends with 0 and a mark", async () => {
  // The looks, as close together as they are here, are a load themselves.
  const idleStop = { afterMinutes: 8, warnMinutes: 4, busyCpuPercent: 95 };
  spec = JSON.stringify({ ...(JSON.parse(spec) as object), idleStop });
  const container = await start("idle", await lab.bench.volume(), ["--minute-ms=1000"]);
  await lab.bench.docker(["exec", "-d", container, "script", "-qfc", "sleep 600", "/tmp/terminal"]);
  expect(await lab.bench.exitCode(container)).toBe(0);
  const read = async (file: string): Promise<string> =>
    (await lab.bench.docker(["cp", `${container}:${file}`, "-"])).stdout;
  expect(await read("/tmp/terminal")).toMatch(/Workspace probe is idle and stops in \d minutes?/);
  expect(await read("/run/berth/shared/stopped")).toContain("stopped");
});
