import { WorkspaceLab } from "./workspace/lab";

jest.setTimeout(300_000);

const lab = new WorkspaceLab();
let image: string;
let container: string;

beforeAll(async () => {
  [image] = await Promise.all([lab.build("remote"), lab.installSshAudit()]);
  container = await lab.start("remote", image);
});
afterAll(() => lab.dispose());

describe("a workspace's sshd", () => {
  it("lets the user in with their key, with the image's environment", async () => {
    const session = await lab.ssh(container, [
      "id -un; echo $LANG; which node; pwd; LC_ALL=en_US.UTF-8 locale charmap",
    ]);
    expect(session).toMatchObject({
      exitCode: 0,
      stdout: "dev\nC.UTF-8\n/usr/local/bin/node\n/workspace/home\nUTF-8\n",
    });
  });

  it.each(["bash", "zsh"])("gives a login shell of %s the same programs", async (shell) => {
    const { stdout, exitCode } = await lab.ssh(container, [`${shell} -lc 'echo $PATH; node --version'`]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\/workspace\/home\/\.local\/bin:.*\nv24\./);
  });

  it("gives editors terminals, files and tunnels", async () => {
    expect((await lab.ssh(container, ["tty"], { flags: ["-tt"] })).stdout).toMatch(/^\/dev\/pts\/\d+/);
    const files = await lab.ssh(container, [], { program: "sftp", flags: ["-b", "-"], input: "pwd\n" });
    expect(files.stdout).toContain("Remote working directory: /workspace/home");
    const tunnel = await lab.ssh(container, [], { flags: ["-W", "127.0.0.1:2222"], input: "none\n" });
    expect(tunnel.stdout).toMatch(/^SSH-2\.0-/);
  });

  it.each([
    ["key exchange", "KexAlgorithms=diffie-hellman-group14-sha256", "no matching key exchange method"],
    ["key exchange without post-quantum part", "KexAlgorithms=curve25519-sha256", "no matching key exchange"],
    ["cipher", "Ciphers=aes256-cbc", "no matching cipher"],
    ["message authentication", "MACs=hmac-sha1", "no matching MAC"],
    ["host key", "HostKeyAlgorithms=ecdsa-sha2-nistp256", "no matching host key type"],
  ])("refuses an old %s", async (_, option, message) => {
    // A cipher with authentication of its own would need no MAC.
    const options = option.startsWith("MACs") ? [option, "Ciphers=aes256-ctr"] : [option];
    const { exitCode, stderr } = await lab.ssh(container, ["id"], { options });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(255);
  });

  it("refuses passwords and root, and makes whoever goes on wait", async () => {
    const other = await lab.start("refuses", image);
    const noKey = ["PubkeyAuthentication=no", "BatchMode=no", "PreferredAuthentications=password"];
    const password = await lab.ssh(other, ["id"], { options: noKey, direct: true });
    expect(password.stderr).toContain("denied (publickey)");
    const root = await lab.ssh(other, ["id"], { user: "root", direct: true });
    expect(root.stderr).toContain("denied (publickey)");

    const guess = () => lab.ssh(other, [], { user: "nobody", direct: true });
    await Promise.all(Array.from({ length: 8 }, guess));
    expect((await guess()).stderr).toMatch(/Not allowed at this time|Connection (reset|closed)/);
    // Tunnels through the gateway come from inside: they are not locked out.
    expect((await lab.ssh(other, ["id -un"])).stdout).toBe("dev\n");
  });

  it("passes ssh-audit without a failure or a warning", async () => {
    const { exitCode, stdout } = await lab.sshAudit(container);
    expect(stdout).not.toMatch(/\[(fail|warn)\]/);
    expect(stdout).toMatch(/^\(kex\) mlkem768x25519-sha256/m);
    expect(exitCode).toBe(0);
  });
});

describe("the workspace image", () => {
  it("runs as its user under tini, without capabilities, and stops at once", async () => {
    const { stdout } = await lab.bench.exec(container, ["cat", "/proc/1/comm", "/proc/1/status"]);
    expect(stdout).toMatch(/^tini$/m);
    expect(stdout).toMatch(/^Uid:\s+1000\s/m);
    expect(stdout).toMatch(/^CapEff:\s+0+$/m);
    const { exitCode, seconds } = await lab.bench.stop(container);
    expect({ exitCode, quick: seconds < 10 }).toEqual({ exitCode: 0, quick: true });
  });

  it("holds no host key, no sudo, no compiler and no extra CA", async () => {
    const search =
      "ls /etc/ssh/ssh_host_* /run/berth/ssh /*.pem /extra* /etc/sudoers.d; command -v sudo gcc make";
    const { stdout } = await lab.bench.docker(["run", "--rm", "--entrypoint", "sh", image, "-c", search]);
    expect(stdout.replace("/run/berth/ssh:\n", "")).toBe("");
  });
});
