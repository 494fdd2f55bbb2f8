/** A gateway in this process for one test file: real TLS, a real Postgres, the machine's real engine. */
import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditRecord } from "../../../../services/gateway/audit/record";
import { startGateway, type RunningGateway } from "../../../../services/gateway/gateway";
import type { Rules } from "../../../../services/gateway/rules/types";
import { parseSettings, type GatewaySettings } from "../../../../services/gateway/settings";
import { freePort } from "../../../support/free-port";
import { Workbench } from "../../../support/workbench";
import { TestAuthority, type IssuedCertificate, type IssueOptions } from "./certificates";
import { IdentityDatabase } from "./identity-database";
import { permissiveRules } from "./permissive-rules";

export interface Answer {
  status: number;
  message: string;
  body: string;
  headers: Record<string, string | string[] | undefined>;
}

export class GatewayBench {
  readonly bench = new Workbench();
  readonly authority = new TestAuthority();
  database!: IdentityDatabase;
  gateway!: RunningGateway;
  settings!: GatewaySettings;
  gaveUp: string | undefined;
  /** Where containers of this bench reach each other, if it was asked for. */
  network: string | undefined;
  private files: { certFile: string; keyFile: string } | undefined;
  private port = 0;

  static async start(
    options: { rules?: Rules; settings?: Record<string, unknown>; engineSocket?: string } = {},
  ): Promise<GatewayBench> {
    const made = await GatewayBench.withDatabase();
    try {
      await made.startGateway(options);
      return made;
    } catch (error) {
      await made.dispose();
      throw error;
    }
  }

  /** Without a gateway of this process's own. */
  static async withDatabase(options: { network?: boolean } = {}): Promise<GatewayBench> {
    const made = new GatewayBench();
    try {
      if (options.network) made.network = await made.bench.network();
      made.database = await IdentityDatabase.start(made.bench, made.network);
      return made;
    } catch (error) {
      await made.dispose();
      throw error;
    }
  }

  async startGateway(
    options: { rules?: Rules; settings?: Record<string, unknown>; engineSocket?: string } = {},
  ): Promise<void> {
    this.settings = parseSettings(await this.rawSettings(options), "the test");
    this.gateway = await startGateway(
      this.settings,
      options.rules ?? permissiveRules(),
      (why) => (this.gaveUp = why),
    );
    this.port = this.settings.listen.port;
    await this.until(async () => (await this.inner("/health")).status === 200);
  }

  /** gateway.json as an object. */
  async rawSettings(options: {
    settings?: Record<string, unknown>;
    engineSocket?: string;
  }): Promise<unknown> {
    const passwordFile = path.join(this.authority.folder, "database-password");
    fs.writeFileSync(passwordFile, `${this.database.password}\n`, { mode: 0o600 });
    const { certFile, keyFile } = this.serverFiles();
    return {
      ...{ stack: "berth-dev", listen: { port: await freePort() }, health: { port: await freePort() } },
      ...{ serverCertFile: certFile, serverKeyFile: keyFile },
      rootCertFile: path.join(this.authority.folder, "root.pem"),
      ...(options.engineSocket && { engineSocket: options.engineSocket }),
      database: { host: "127.0.0.1", port: this.database.port, passwordFile },
      auditFolder: path.join(this.authority.folder, "audit"),
      ...options.settings,
    };
  }

  /** A client certificate that the database knows. */
  async client(options: IssueOptions & { validForSeconds?: number } = {}): Promise<IssuedCertificate> {
    const certificate = this.authority.client(options);
    await this.database.add(certificate, options.validForSeconds);
    return certificate;
  }

  /** Has `ask` and the rest go to another gateway than this process's. */
  askAt(port: number): void {
    this.port = port;
  }

  /** The docker command's environment. */
  environment(certificate: IssuedCertificate): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ...{
        DOCKER_HOST: `tcp://127.0.0.1:${this.port}`,
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: certificate.folder,
      },
      DOCKER_BUILDKIT: "0",
    };
  }

  tlsOptions(certificate: IssuedCertificate | undefined): tls.ConnectionOptions {
    return {
      ...{ host: "127.0.0.1", port: this.port, ca: this.authority.rootPem },
      ...(certificate && { cert: certificate.chainPem, key: certificate.keyPem }),
    };
  }

  /** One plain request. */
  ask(
    certificate: IssuedCertificate | undefined,
    target: string,
    options: https.RequestOptions & { body?: string } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = https.request(
        { agent: false, ...this.tlsOptions(certificate), path: target, ...options } as https.RequestOptions,
        (answer) => {
          let body = "";
          answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
          answer.on("error", reject);
          answer.on("end", () =>
            resolve({
              status: answer.statusCode ?? 0,
              body,
              message: messageOf(body),
              headers: answer.headers,
            }),
          );
        },
      );
      asked.on("error", reject);
      asked.end(options.body);
    });
  }

  /** Asks the inner port. */
  async inner(target: string): Promise<{ status: number; body: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.settings.health.port}${target}`);
    return { status: answer.status, body: await answer.text() };
  }

  /** Writes bytes as they are and reads until the connection ends, or for some time. */
  raw(certificate: IssuedCertificate, bytes: string | Buffer, forMs = 3_000): Promise<string> {
    return new Promise((resolve) => {
      const socket = tls.connect(this.tlsOptions(certificate), () => socket.write(bytes));
      let text = "";
      const done = (): void => {
        clearTimeout(timer);
        socket.destroy();
        resolve(text);
      };
      const timer = setTimeout(done, forMs);
      socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
      socket.on("error", done);
      socket.on("close", done);
    });
  }

  /** The audit log's lines so far. */
  audited(): AuditRecord[] {
    const file = path.join(this.settings.auditFolder, "audit.jsonl");
    if (!fs.existsSync(file)) return [];
    return fs
      .readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as AuditRecord);
  }

  /** Waits until it holds; how long that took, in milliseconds. */
  async until(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<number> {
    const startedMs = performance.now();
    while (!(await holds())) {
      if (performance.now() - startedMs > withinMs) throw new Error(`did not come true in ${withinMs} ms`);
      await sleep(20);
    }
    return performance.now() - startedMs;
  }

  async dispose(): Promise<void> {
    // Either may be missing where the start failed.
    await (this.gateway as RunningGateway | undefined)?.stop();
    await (this.database as IdentityDatabase | undefined)?.disconnect();
    await this.bench.dispose();
    this.authority.remove();
  }

  /** Certificate and key that the gateway shows. */
  serverFiles(): { certFile: string; keyFile: string } {
    return (this.files ??= this.authority.server());
  }
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? "";
  } catch {
    return "";
  }
}
