/** A gateway whose host has a Postgres and a Redis for apps, with the real rules. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { createRules } from "../../../../services/gateway/rules";
import { parseSettings } from "../../../../services/gateway/settings";
import { runCommand, type CommandResult } from "../../../support/workbench";
import type { IssuedCertificate } from "../support/certificates";
import { GatewayBench, type Answer } from "../support/gateway-bench";

export const RUNTIME = "runtime";
export const EXTRA_CA = "ca-stage";

export class OwnBench {
  postgres = "";
  redis = "";

  private constructor(readonly bench: GatewayBench) {}

  get prefix(): string {
    return this.bench.bench.prefix;
  }

  static async start(): Promise<OwnBench> {
    const made = new OwnBench(await GatewayBench.withDatabase());
    try {
      // One server is enough: the database of identities and those of apps are strangers to each other.
      made.postgres = made.bench.database.container;
      const image = await made.bench.bench.build("images/redis");
      made.redis = await made.bench.bench.start("redis", image, {
        secrets: { "redis-admin-password": randomBytes(16).toString("hex") },
      });
      await made.bench.bench.waitUntilHealthy(made.redis);
      await made.startGateway();
      return made;
    } catch (error) {
      await made.bench.dispose();
      throw error;
    }
  }

  /** Anew, with the same key. */
  async startGateway(): Promise<void> {
    const settings = this.settings();
    const raw = await this.bench.rawSettings({ settings });
    await this.bench.startGateway({ settings, rules: createRules(parseSettings(raw, "the test")) });
  }

  client(developerId: string, role = "developer"): Promise<IssuedCertificate> {
    return this.bench.client({ developerId, role, organisation: this.prefix });
  }

  /** Asks for access as the berth command does. */
  access(as: IssuedCertificate, body: Record<string, unknown>): Promise<Answer> {
    return this.bench.ask(as, "/berth/v1/service-access", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ environment: "dev", ...body }),
    });
  }

  /** The docker command through the gateway. */
  docker(as: IssuedCertificate, args: string[], input: Buffer): Promise<CommandResult> {
    const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_BUILDKIT } = this.bench.environment(as);
    const variables = { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_BUILDKIT };
    const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return runCommand("env", [...settings, "docker", ...args], input);
  }

  /** A query over TCP, as an app asks: the container's name in the URL is another's to resolve. */
  async query(url: string, sql: string): Promise<{ stdout: string; stderr: string }> {
    const local = url.replace(`@${this.postgres}:`, "@127.0.0.1:");
    return this.bench.bench.exec(this.postgres, ["psql", "-X", "-t", "-A", "-c", sql, local]);
  }

  async redisAnswer(url: string, command: string): Promise<string> {
    const local = url.replace(`@${this.redis}:`, "@127.0.0.1:");
    const client = ["redis-cli", "-u", local, "--no-auth-warning"];
    return (await this.bench.bench.exec(this.redis, client, `${command}\n`)).stdout.trim();
  }

  private settings(): Record<string, unknown> {
    const keyFile = path.join(this.bench.authority.folder, "service-access-key");
    if (!fs.existsSync(keyFile)) fs.writeFileSync(keyFile, randomBytes(32).toString("hex"), { mode: 0o600 });
    const image = (name: string): string => `${this.prefix}-${name}:latest`;
    return {
      ...{ prefix: this.prefix, stack: `${this.prefix}-dev`, proxyUrl: "http://apps.example:8080" },
      ...{ domain: "apps.example", sharedImages: [image(RUNTIME), image(EXTRA_CA)] },
      images: {
        runtime: { typescript: image(RUNTIME), python: image(RUNTIME) },
        ...{ sync: image("sync"), extraCa: image(EXTRA_CA) },
      },
      services: { postgres: this.postgres, redis: this.redis, keyFile },
      quota: { databases: 4 },
    };
  }
}
