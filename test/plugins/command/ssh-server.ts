import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../../support/free-port";

const SSHD = "/usr/sbin/sshd";

/** A real OpenSSH server of the test's own: on 127.0.0.1, own port, own keys, for the user that runs the test. */
export interface SshServer {
  port: number;
  user: string;
  /** The server's public key, as `hostKey` takes it. */
  hostKey: string;
  /** Private key that the server lets in, and the same one encrypted. */
  privateKey: string;
  encryptedKey: { privateKey: string; password: string };
  /** An agent that holds the key. */
  agentSocketPath: string;
  /** A key that the server does not know. */
  strangerKey: string;
  stop(): void;
}

/** Starts the server; installs Debian's package first where it is missing and the test may. */
export async function startSshServer(): Promise<SshServer> {
  installServer();
  const folder = mkdtempSync(join(tmpdir(), "btest-sshd-"));
  const path = (name: string) => join(folder, name);
  const makeKey = (name: string, passphrase = "") =>
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", path(name)]);
  makeKey("host");
  makeKey("user");
  makeKey("encrypted", "open sesame");
  makeKey("stranger");
  const publicKeys = ["user.pub", "encrypted.pub"].map((name) => readFileSync(path(name), "utf8"));
  writeFileSync(path("authorized_keys"), publicKeys.join(""), { mode: 0o600 });
  const port = await freePort();
  writeFileSync(path("sshd_config"), configuration(folder, port));

  const processes = [
    spawn(SSHD, ["-D", "-e", "-f", path("sshd_config")], { stdio: "ignore" }),
    spawn("ssh-agent", ["-D", "-a", path("agent")], { stdio: "ignore" }),
  ];
  await Promise.all([until(() => answers(port)), until(() => Promise.resolve(existsSync(path("agent"))))]);
  execFileSync("ssh-add", ["-q", path("user")], {
    env: { ...process.env, SSH_AUTH_SOCK: path("agent") },
    stdio: "ignore",
  });
  return {
    port,
    user: userInfo().username,
    hostKey: readFileSync(path("host.pub"), "utf8"),
    privateKey: readFileSync(path("user"), "utf8"),
    encryptedKey: { privateKey: readFileSync(path("encrypted"), "utf8"), password: "open sesame" },
    agentSocketPath: path("agent"),
    strangerKey: readFileSync(path("stranger"), "utf8"),
    stop: () => stop(processes, folder),
  };
}

function configuration(folder: string, port: number): string {
  return `
ListenAddress 127.0.0.1
Port ${port}
HostKey ${join(folder, "host")}
AuthorizedKeysFile ${join(folder, "authorized_keys")}
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
AllowTcpForwarding yes
AcceptEnv ALLOWED_* PULUMI_COMMAND_STDOUT
Subsystem sftp internal-sftp
`;
}

function installServer(): void {
  if (userInfo().uid === 0) mkdirSync("/run/sshd", { recursive: true });
  if (existsSync(SSHD)) return;
  if (userInfo().uid !== 0) throw new Error(`${SSHD} is missing: install the package openssh-server`);
  execFileSync("apt-get", ["install", "--yes", "--no-install-recommends", "openssh-server"], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: "ignore",
  });
}

function stop(processes: ChildProcess[], folder: string): void {
  processes.forEach((child) => child.kill("SIGTERM"));
  rmSync(folder, { recursive: true });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error("the SSH server or agent did not start within 10 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
