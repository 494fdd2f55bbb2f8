/** The berth command as a process, against a real onboarding service and a real gateway. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes, X509Certificate } from "node:crypto";
import { bundles, CLI, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { freePort } from "../support/free-port";
import { runCommand } from "../support/run-command";
import { Lab, type Replica } from "../services/onboarding/lab";
import { Laptop } from "./laptop";

const GATEWAY = "services/gateway";
const GATEWAY_STARTS_WITHIN_MS = 20_000;

export interface CliLabOptions {
  /** Of gateway.json, beside what the lab itself sets. */
  gateway?: object;
  /** Address of the engine behind the gateway. Default: this machine's. */
  engine?: string;
}

/** Onboarding with its database, and a gateway on the same. */
export class CliLab {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-cli-"));
  private gateway: ChildProcess | undefined;
  private readonly laptops: Laptop[] = [];

  private constructor(
    readonly lab: Lab,
    readonly replica: Replica,
    readonly gatewayPort: number,
    /** Start of the physical names of everything that is made here; gone with `dispose`. */
    readonly prefix: string,
    private readonly options: CliLabOptions,
  ) {}

  static async start(options: CliLabOptions = {}): Promise<CliLab> {
    const lab = await Lab.start();
    await ensureBundle(CLI);
    const port = await freePort();
    const prefix = `btest-${randomBytes(4).toString("hex")}`;
    const replica = await lab.replica({ prefix, dockerEndpoint: `tcp://127.0.0.1:${port}` });
    const made = new CliLab(lab, replica, port, prefix, options);
    await made.startGateway();
    return made;
  }

  /** The network of an environment, as its stack makes it. */
  async makeNetwork(environment: "dev" | "tst" = "dev"): Promise<void> {
    const labels = {
      env: environment,
      owner: "shared",
      role: "network",
      stack: `${this.prefix}-${environment}`,
    };
    const [a = 0, b = 0] = randomBytes(2);
    // Of a range that neither the engine's pools nor other tests use.
    const flags = ["--subnet", `10.${200 + (a % 50)}.${b}.0/24`];
    for (const [key, value] of Object.entries(labels)) flags.push("--label", `berth.${key}=${value}`);
    await this.host("network", "create", ...flags, `${this.prefix}-${environment}-network`);
  }

  /** Docker's command at the engine itself. */
  async host(...args: string[]): Promise<string> {
    const at = this.options.engine === undefined ? [] : ["--host", this.options.engine];
    const { exitCode, output, stdout } = await runCommand("docker", [...at, ...args]);
    if (exitCode !== 0) throw new Error(`docker ${args.join(" ")}: ${output}`);
    return stdout.trim();
  }

  get fingerprint(): string {
    return new X509Certificate(this.lab.authority.rootPem).fingerprint256;
  }

  /** A laptop that has nothing yet. */
  laptop(devId: string): Laptop {
    const laptop = new Laptop(path.join(this.folder, `laptop-${this.laptops.length + 1}`), devId);
    this.laptops.push(laptop);
    return laptop;
  }

  /** One that has its identity. */
  async onboarded(devId: string, role: "developer" | "ci" | "operator" = "developer"): Promise<Laptop> {
    const laptop = this.laptop(devId);
    const result = await laptop.init(this, await this.lab.pin(devId, role));
    if (result.exitCode !== 0) throw new Error(result.output);
    return laptop;
  }

  async startGateway(): Promise<void> {
    const bundle = bundles(["services"]).find(({ source }) => source === GATEWAY);
    if (!bundle) throw new Error(`the toolchain knows no bundle of ${GATEWAY}`);
    await ensureBundle(bundle);
    const healthPort = await freePort();
    const settings = path.join(this.folder, "gateway.json");
    fs.writeFileSync(settings, JSON.stringify(this.gatewaySettings(healthPort)));
    this.gateway = spawn("node", [bundle.file, settings], { stdio: ["ignore", "ignore", "inherit"] });
    const deadline = Date.now() + GATEWAY_STARTS_WITHIN_MS;
    while (!(await answers(healthPort))) {
      if (Date.now() > deadline) throw new Error("the gateway does not become ready");
      await sleep(100);
    }
  }

  async stopGateway(): Promise<void> {
    if (!this.gateway || this.gateway.exitCode !== null) return;
    const exit = once(this.gateway, "exit");
    this.gateway.kill("SIGKILL");
    await exit;
    this.gateway = undefined;
  }

  async dispose(): Promise<void> {
    // A daemon would not end by itself, and one whose folder is gone cannot be asked to.
    for (const laptop of this.laptops) await laptop.stopBackground();
    await this.stopGateway();
    for (const environment of ["dev", "tst"])
      await this.removeAll(`berth.stack=${this.prefix}-${environment}`);
    await this.lab.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async removeAll(label: string): Promise<void> {
    const listed = async (...words: string[]): Promise<string[]> =>
      (await this.host(...words, "--filter", `label=${label}`)).split("\n").filter((line) => line !== "");
    for (const id of await listed("ps", "-aq")) await this.host("rm", "-f", "-v", id);
    for (const name of await listed("volume", "ls", "-q")) await this.host("volume", "rm", "-f", name);
    for (const id of await listed("network", "ls", "-q")) await this.host("network", "rm", id);
    const images = await listed("images", "--format", "{{.Repository}}:{{.Tag}}");
    for (const name of images.filter((image) => !image.includes("<none>"))) {
      await this.host("rmi", "--no-prune", name);
    }
  }

  private gatewaySettings(healthPort: number): object {
    const file = (name: string, content: string): string => {
      const at = path.join(this.folder, name);
      fs.writeFileSync(at, content, { mode: 0o600 });
      return at;
    };
    const { serverCertPem, serverKeyPem, rootPem } = this.lab.authority;
    return {
      prefix: this.prefix,
      stack: `${this.prefix}-dev`,
      listen: { port: this.gatewayPort },
      health: { port: healthPort },
      serverCertFile: file("server-cert.pem", serverCertPem),
      serverKeyFile: file("server-key.pem", serverKeyPem),
      rootCertFile: file("root-cert.pem", rootPem),
      database: {
        host: "127.0.0.1",
        port: this.lab.postgresPort,
        passwordFile: file("gateway-password", "gateway-password"),
      },
      auditFolder: path.join(this.folder, "audit"),
      ...(this.options.engine && { engineSocket: this.options.engine.replace("unix://", "") }),
      ...this.options.gateway,
    };
  }
}

function answers(healthPort: number): Promise<boolean> {
  return new Promise((resolve) => {
    http
      .get({ port: healthPort, path: "/ready", agent: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      })
      .on("error", () => resolve(false));
  });
}
