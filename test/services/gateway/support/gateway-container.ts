import * as fs from "node:fs";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import { bundles, ensureBundle } from "../../../../scripts/toolchain-parts/bundles";
import type { GatewayBench } from "./gateway-bench";

const AUDIT_FOLDER = "/var/lib/berth/audit";
const SECRETS_FOLDER = "/run/secrets/berth";

/** The gateway's image as a stack runs it: every capability dropped, the real rules, its audit log on a small disk. */
export class GatewayContainer {
  private constructor(
    private readonly bench: GatewayBench,
    readonly name: string,
    /** Holds the small disk, which is gone when no container has it, and frees it. */
    private readonly keeper: string,
    private readonly auditVolume: string,
  ) {}

  static async start(bench: GatewayBench, settings: Record<string, unknown>): Promise<GatewayContainer> {
    const image = await build(bench);
    const auditVolume = `${bench.bench.prefix}-audit`;
    const small = ["--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=64k"];
    await bench.bench.docker(["volume", "create", ...small, auditVolume]);
    const keeper = await bench.bench.start("keeper", BASE_IMAGE, {
      volumes: { [auditVolume]: AUDIT_FOLDER },
      command: ["sleep", "600"],
    });
    const inside = {
      ...((await bench.rawSettings({})) as Record<string, unknown>),
      ...{ listen: { port: 2376 }, health: {}, auditFolder: AUDIT_FOLDER },
      ...{
        serverCertFile: `${SECRETS_FOLDER}/server-cert.pem`,
        serverKeyFile: `${SECRETS_FOLDER}/server-key.pem`,
      },
      ...{ rootCertFile: `${SECRETS_FOLDER}/root-cert.pem` },
      database: {
        ...{
          host: bench.database.container,
          port: 5432,
          passwordFile: `${SECRETS_FOLDER}/database-password`,
        },
        maximumSilenceSeconds: 2,
      },
      ...settings,
    };
    const { certFile, keyFile } = bench.serverFiles();
    const name = await bench.bench.start("gateway", image, {
      publish: 2376,
      network: bench.network,
      volumes: { [auditVolume]: AUDIT_FOLDER, "/var/run/docker.sock": "/var/run/docker.sock" },
      secrets: {
        "gateway.json": JSON.stringify(inside),
        "server-cert.pem": fs.readFileSync(certFile, "utf8"),
        "server-key.pem": fs.readFileSync(keyFile, "utf8"),
        "root-cert.pem": bench.authority.rootPem,
        "database-password": bench.database.password,
      },
      command: [`${SECRETS_FOLDER}/gateway.json`],
    });
    const made = new GatewayContainer(bench, name, keeper, auditVolume);
    await made.answers();
    return made;
  }

  /** Waits until it is healthy, and has the bench ask at its port. */
  async answers(): Promise<void> {
    await this.bench.bench.waitUntilHealthy(this.name);
    this.bench.askAt(await this.bench.bench.port(this.name, 2376));
  }

  /** What berth-health says. */
  async health(): Promise<{ exitCode: number; stdout: string }> {
    return this.bench.bench.exec(this.name, ["/usr/local/bin/berth-health"]);
  }

  async run(...command: string[]): Promise<string> {
    return (await this.bench.bench.exec(this.name, command)).stdout;
  }

  /** The audit log's lines, as they are on the disk. */
  async audit(): Promise<string[]> {
    const { stdout } = await this.bench.bench.exec(this.keeper, ["cat", `${AUDIT_FOLDER}/audit.jsonl`]);
    expect(stdout.endsWith("\n")).toBe(true);
    return stdout.trimEnd().split("\n");
  }

  async remove(): Promise<void> {
    for (const container of [this.name, this.keeper]) await this.bench.bench.remove(container);
    await this.bench.bench.docker(["volume", "rm", this.auditVolume]);
  }
}

/** From the bundle that the product's own toolchain makes. */
async function build(bench: GatewayBench): Promise<string> {
  const bundle = bundles(["services"]).find(({ source }) => source === "services/gateway");
  if (bundle === undefined) throw new Error("the toolchain knows no bundle of services/gateway");
  await ensureBundle(bundle);
  return bench.bench.build("images/gateway");
}
