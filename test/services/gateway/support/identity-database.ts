import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import type { Workbench } from "../../../support/workbench";
import type { IssuedCertificate } from "./certificates";

/** The part of the onboarding service's database that the gateway reads: its three views, over tables that a test fills. */
const VIEWS = `
  CREATE TABLE certificate (serial text PRIMARY KEY, developer_id text, role text, valid_until timestamptz, blocked text);
  CREATE TABLE authority (certificate_pem text);
  CREATE TABLE revision (revision bigint);
  INSERT INTO revision VALUES (1);
  CREATE VIEW gateway_certificate AS SELECT serial, developer_id, role, valid_until, blocked FROM certificate;
  CREATE VIEW gateway_authority AS SELECT certificate_pem FROM authority;
  CREATE VIEW gateway_revision AS SELECT revision FROM revision;
  GRANT CONNECT ON DATABASE onboarding TO gateway;
  GRANT SELECT ON gateway_certificate, gateway_authority, gateway_revision TO gateway;`;

const DAY_SECONDS = 86_400;

/** A real Postgres for one test file. */
export class IdentityDatabase {
  /** The password of the role `gateway`. */
  readonly password = randomBytes(16).toString("hex");
  port = 0;
  private client: Client | undefined;

  private constructor(
    private readonly bench: Workbench,
    readonly container: string,
    private readonly superuserPassword: string,
  ) {}

  /** @param network where other containers reach it by its name; the engine's default network has no names */
  static async start(bench: Workbench, network?: string): Promise<IdentityDatabase> {
    const image = await bench.build("images/postgres");
    const secret = randomBytes(16).toString("hex");
    const container = await bench.start("postgres", image, {
      secrets: { "postgres-superuser-password": secret },
      publish: 5432,
      network,
    });
    const database = new IdentityDatabase(bench, container, secret);
    await bench.waitUntilHealthy(container);
    database.port = await bench.port(container, 5432);
    const admin = await database.connect("postgres");
    await admin.query(`CREATE ROLE gateway LOGIN PASSWORD '${database.password}'`);
    await admin.query("CREATE DATABASE onboarding");
    await admin.end();
    await (await database.connected()).query(VIEWS);
    return database;
  }

  /** Makes certificates known. */
  async add(certificate: IssuedCertificate, validForSeconds = DAY_SECONDS): Promise<void> {
    await this.change(
      "INSERT INTO certificate VALUES ($1, $2, $3, now() + make_interval(secs => $4), NULL)",
      [certificate.serial, certificate.developerId, certificate.role, validForSeconds],
    );
  }

  async block(certificate: IssuedCertificate, why: "revoked" | "locked" | null): Promise<void> {
    await this.change("UPDATE certificate SET blocked = $2 WHERE serial = $1", [certificate.serial, why]);
  }

  async trust(authorityPem: string): Promise<void> {
    await this.change("INSERT INTO authority VALUES ($1)", [authorityPem]);
  }

  /** A change as the onboarding service makes them: with a new revision and a notification. */
  async change(statement: string, values: unknown[], options: { silently?: boolean } = {}): Promise<void> {
    const client = await this.connected();
    await client.query("BEGIN");
    await client.query(statement, values);
    await client.query("UPDATE revision SET revision = revision + 1");
    if (options.silently !== true) await client.query("NOTIFY berth_identity");
    await client.query("COMMIT");
  }

  async pause(): Promise<void> {
    await this.bench.docker(["pause", this.container]);
  }

  async unpause(): Promise<void> {
    await this.bench.docker(["unpause", this.container]);
  }

  async restart(): Promise<void> {
    await this.disconnect();
    await this.bench.docker(["restart", "--time", "5", this.container]);
    await this.bench.waitUntilHealthy(this.container);
    this.port = await this.bench.port(this.container, 5432);
  }

  /** Lets go of the test's own connection. */
  async disconnect(): Promise<void> {
    await this.client?.end();
    this.client = undefined;
  }

  private async connected(): Promise<Client> {
    return (this.client ??= await this.connect("onboarding"));
  }

  private async connect(database: string): Promise<Client> {
    const { port, superuserPassword: password } = this;
    for (let attempt = 0; ; attempt++) {
      const client = new Client({ host: "127.0.0.1", port, user: "postgres", password, database });
      client.on("error", () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        if (attempt === 50) throw error;
        await sleep(100);
      }
    }
  }
}
