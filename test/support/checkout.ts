import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { freePort } from "./free-port";

const projectRoot = path.resolve(__dirname, "../..");

export interface CommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A copy of the project as a clean git clone would have it, with names, subnet and port of its own. */
export interface Checkout {
  folder: string;
  namePrefix: string;
  /** Runs a make target or any other command there; never throws for a non-zero exit. */
  run(command: string, args: string[], env?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** Changes a key of Pulumi.<environment>.yaml (`berth:` is added; default dev) and commits it, as an operator would. */
  configure(key: string, value: unknown, environment?: "dev" | "tst" | "pro"): void;
  /** Turns onboarding and gateway on, on ports and a subnet of its own. */
  letDevelopersIn(): Promise<{ onboardingPort: number; gatewayPort: number }>;
  /** What git reports as changed or untracked. */
  gitStatus(): string;
  remove(): void;
}

/** A subnet that hardly anybody on this machine's engine will have at the same time. */
export function someSubnet(): string {
  const [second = 0, third = 0] = randomBytes(2);
  return `10.${64 + (second % 64)}.${third}.0/24`;
}

function git(folder: string, ...args: string[]): string {
  const identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
  return execFileSync("git", [...identity, ...args], { cwd: folder, encoding: "utf8" });
}

function run(
  folder: string,
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
  });
}

/**
 * Makes a checkout under the system's temporary folder. The toolchain and npm packages of this project are shared with it, the
 * state, the passphrase and everything named are its own, so that it cannot touch what a user of this machine runs.
 */
export async function makeCheckout(): Promise<Checkout> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-checkout-"));
  const files = git(projectRoot, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0");
  for (const file of files.filter((name) => name !== "" && fs.existsSync(path.join(projectRoot, name)))) {
    fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    fs.copyFileSync(path.join(projectRoot, file), path.join(folder, file));
  }
  fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(folder, "node_modules"));
  fs.appendFileSync(path.join(folder, ".gitignore"), "/node_modules\n");
  git(folder, "init", "--quiet");

  const namePrefix = `btest-${randomBytes(3).toString("hex")}`;
  const toolchain = process.env.BERTH_TOOLCHAIN_ROOT ?? process.env.BERTH_DATA_ROOT ?? ".berth";
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    BERTH_TOOLCHAIN_ROOT: path.resolve(projectRoot, toolchain),
    BERTH_START_ENGINE: "no",
  };
  delete environment.BERTH_DATA_ROOT;
  // A make above this one passes its own settings down, which would change what the inner make prints.
  delete environment.MAKEFLAGS;
  delete environment.MAKELEVEL;

  const checkout: Checkout = {
    folder,
    namePrefix,
    run: (command, args, env) => run(folder, command, args, { ...environment, ...env }),
    configure(key, value, environment = "dev") {
      const file = path.join(folder, `Pulumi.${environment}.yaml`);
      const document = parseDocument(fs.readFileSync(file, "utf8"));
      document.setIn(["config", `berth:${key}`], document.createNode(value));
      fs.writeFileSync(file, document.toString());
      git(folder, "add", "--all");
      git(folder, "commit", "--quiet", "--message", `configure ${key}`);
    },
    async letDevelopersIn() {
      const [onboardingPort, gatewayPort] = [await freePort(), await freePort()];
      const [, third = 0] = randomBytes(2);
      const subnet = `10.${250 + (third % 5)}.${third}.0/28`;
      checkout.configure("identity", { subnet, onboarding: { port: onboardingPort } });
      checkout.configure("gateway", { port: gatewayPort });
      return { onboardingPort, gatewayPort };
    },
    gitStatus: () => git(folder, "status", "--porcelain"),
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
  const [second = 0, third = 0] = randomBytes(2);
  for (const [index, environment] of (["dev", "tst", "pro"] as const).entries()) {
    checkout.configure("namePrefix", namePrefix, environment);
    const subnet = `10.${200 + (second % 50)}.${(third + index) % 256}.0/24`;
    checkout.configure("network", { subnet }, environment);
  }
  checkout.configure("proxy", { httpPort: await freePort() });
  checkout.configure("registry", { port: await freePort() });
  // Three containers more, which only tests about developers need: those call letDevelopersIn.
  checkout.configure("identity", { enabled: false });
  return checkout;
}
