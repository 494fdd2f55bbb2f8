/** A small installation on the machine's real engine, behind the real gateway with the real rules. */
import { randomBytes } from "node:crypto";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import { createRules } from "../../../../services/gateway/rules";
import type { Role } from "../../../../services/gateway/rules/types";
import { parseSettings } from "../../../../services/gateway/settings";
import { runCommand, type CommandResult } from "../../../support/workbench";
import type { IssuedCertificate } from "../support/certificates";
import { GatewayBench } from "../support/gateway-bench";

/** Started once a file; everything that was made under its prefix goes with `dispose`. */
export class Installation {
  readonly prefix = `btest-${randomBytes(4).toString("hex")}`;
  bench!: GatewayBench;

  static async start(quota: Record<string, number> = {}): Promise<Installation> {
    const made = new Installation();
    const chosen = {
      prefix: made.prefix,
      stack: `${made.prefix}-dev`,
      sharedImages: [BASE_IMAGE],
      quota: { memoryMb: 4096, cpus: 16, ...quota },
    };
    made.bench = await GatewayBench.start({ settings: chosen, rules: createRules(rulesOf(chosen)) });
    try {
      await made.makeNetwork(chosen.stack);
    } catch (error) {
      await made.bench.dispose();
      throw error;
    }
    return made;
  }

  client(developerId: string, role: Role = "developer"): Promise<IssuedCertificate> {
    return this.bench.client({ developerId, role, organisation: this.prefix });
  }

  /** A client through the gateway: the docker command, or another whose name comes first. */
  docker(as: IssuedCertificate, args: string[], input: string | Buffer = ""): Promise<CommandResult> {
    return this.run(as, ["docker", ...args], input);
  }

  /** Any client of the engine through the gateway. */
  run(as: IssuedCertificate, args: string[], input: string | Buffer = ""): Promise<CommandResult> {
    const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_BUILDKIT } = this.bench.environment(as);
    const variables = { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_BUILDKIT };
    const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return runCommand("env", [...settings, ...args], input);
  }

  /** The docker command at the engine itself. */
  async host(args: string[], input: string | Buffer = ""): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand("docker", args, input);
    if (exitCode !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  /** The environment's network, as its stack makes it. */
  private async makeNetwork(stack: string): Promise<void> {
    const labels = { env: "dev", owner: "shared", role: "network", stack };
    await this.host([
      ...["network", "create", "--subnet", randomSubnet()],
      ...Object.entries(labels).flatMap(([key, value]) => ["--label", `berth.${key}=${value}`]),
      `${this.prefix}-dev-network`,
    ]);
  }

  async dispose(): Promise<void> {
    const lines = async (...args: string[]): Promise<string[]> =>
      (await this.host(args)).split("\n").filter((line) => line !== "");
    const label = ["--filter", `label=berth.stack=${this.prefix}-dev`];
    for (const id of await lines("ps", "-aq", ...label)) await this.host(["rm", "-f", "-v", id]);
    for (const id of await lines("volume", "ls", "-q", ...label)) await this.host(["volume", "rm", "-f", id]);
    for (const id of await lines("network", "ls", "-q", ...label)) await this.host(["network", "rm", id]);
    const images = await lines("images", "--format", "{{.Repository}}:{{.Tag}}", ...label);
    if (images.length > 0)
      await runCommand("docker", ["rmi", "-f", ...images.filter((name) => !name.includes("<none>"))]);
    const dangling = await lines("images", "-aq", ...label);
    if (dangling.length > 0) await runCommand("docker", ["rmi", "-f", ...dangling]);
    await this.bench.dispose();
  }
}

/** As main.ts hands them over, defaults included. */
function rulesOf(chosen: Record<string, unknown>): Parameters<typeof createRules>[0] {
  const files = { serverCertFile: "-", serverKeyFile: "-", rootCertFile: "-" };
  return parseSettings(
    { ...files, ...chosen, listen: {}, health: {}, database: { host: "-", passwordFile: "-" } },
    "test",
  );
}

/** Of a range that neither the engine's pools nor other tests use. */
function randomSubnet(): string {
  const [a = 0, b = 0] = randomBytes(2);
  return `10.${200 + (a % 50)}.${b}.0/24`;
}
