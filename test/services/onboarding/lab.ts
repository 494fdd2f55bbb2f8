/** Postgres, a CA and the service as real processes, for one test file. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, type QueryResultRow } from "pg";
import { createPin, type Operator } from "../../../services/onboarding/identity/operator";
import type { Role } from "../../../services/onboarding/identity/role";
import { readSettings } from "../../../services/onboarding/settings";
import { Database } from "../../../services/onboarding/store/database";
import { bundles, ensureBundle } from "../../../scripts/toolchain-parts/bundles";
import { freePort } from "../../support/free-port";
import { runCommand, type CommandResult } from "../../support/run-command";
import { Workbench } from "../../support/workbench";
import { makeAuthority, newRequest, type TestAuthority } from "./openssl";
import { ask, type Answer, type Identity } from "./https";
import { quickRequest } from "./request-builder";

const PASSWORDS = {
  postgres: "superuser-password",
  onboarding: "onboarding-password",
  gateway: "gateway-password",
};

/** The image's. */
const POSTGRES_USER = 5432;

const PIN_KEY = Buffer.from("k".repeat(64));

/** One running replica. */
export interface Replica {
  url: string;
  process: ChildProcess;
  settingsFile: string;
  log(): string;
}

export class Lab {
  readonly bench = new Workbench();
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-onboarding-"));
  /** The CA's own files, for a new issuing CA under the same root. */
  readonly authorityFolder = path.join(this.folder, "ca");
  authority: TestAuthority = makeAuthority(this.authorityFolder);
  postgres = "";
  postgresPort = 0;
  /** The engine gives a restarted container another port: this one stays. */
  private readonly forwarder = net.createServer();
  private database: Database | undefined;
  private readonly replicas: Replica[] = [];
  private readonly clients: Client[] = [];
  private readonly programs = new Map<string, string>();

  /**
   * Postgres with the roles and the database that the stack makes before the service starts.
   * @param diskMb size of its disk, where it is to be filled.
   */
  static async start(diskMb?: number): Promise<Lab> {
    const lab = new Lab();
    const image = await lab.bench.build("images/postgres");
    const volume = await lab.bench.volume(diskMb ? { sizeMb: diskMb, owner: POSTGRES_USER } : undefined);
    lab.postgres = await lab.bench.start("postgres", image, {
      volumes: { [volume]: "/var/lib/berth/postgres" },
      secrets: { "postgres-superuser-password": PASSWORDS.postgres },
      publish: 5432,
    });
    await lab.bench.waitUntilHealthy(lab.postgres);
    await lab.forward();
    const sql = `CREATE ROLE onboarding LOGIN PASSWORD '${PASSWORDS.onboarding}';
      CREATE ROLE gateway LOGIN PASSWORD '${PASSWORDS.gateway}';
      CREATE DATABASE onboarding OWNER onboarding;`;
    const made = await lab.bench.exec(lab.postgres, ["psql", "--set=ON_ERROR_STOP=1"], sql);
    if (made.exitCode !== 0) throw new Error(made.stderr);
    const built = bundles(["services"]).filter(({ source }) => /onboarding|berth-admin/.test(source));
    for (const bundle of built) {
      await ensureBundle(bundle);
      lab.programs.set(bundle.source, bundle.file);
    }
    return lab;
  }

  private async forward(): Promise<void> {
    this.forwarder.on("connection", (client) => {
      const end = (): void => {
        client.destroy();
      };
      client.on("error", end);
      void this.bench.port(this.postgres, 5432).then((port) => {
        const server = net.connect(port, "127.0.0.1").on("error", end).on("close", end);
        client.on("close", () => server.destroy());
        client.pipe(server).pipe(client);
      }, end);
    });
    this.postgresPort = await freePort();
    this.forwarder.listen(this.postgresPort, "127.0.0.1");
  }

  /** Starts a replica and waits until it is ready. */
  async replica(overrides: object = {}, options: { waitUntilReady?: boolean } = {}): Promise<Replica> {
    const port = await freePort();
    const settingsFile = this.writeSettings({ listen: { port }, ...overrides });
    const started = spawn("node", [this.programs.get("services/onboarding") ?? "", settingsFile], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const replica = { url: `https://127.0.0.1:${port}`, process: started, settingsFile, log: () => output };
    this.replicas.push(replica);
    if (options.waitUntilReady !== false) await this.waitUntilReady(replica);
    return replica;
  }

  async waitUntilReady(replica: Replica, withinMs = 20_000): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const answer = await this.get(replica, "/ready").catch(() => undefined);
      if (answer?.status === 200) return;
      if (Date.now() > deadline) throw new Error(`not ready: ${answer?.text}\n${replica.log()}`);
      await sleep(100);
    }
  }

  /** Ends a replica by a signal; returns its exit code. */
  async end(replica: Replica, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    if (replica.process.exitCode !== null || replica.process.signalCode !== null)
      return replica.process.exitCode;
    const exit = once(replica.process, "exit");
    replica.process.kill(signal);
    return ((await exit) as [number | null])[0];
  }

  get(replica: Replica, route: string): Promise<Answer> {
    return ask(replica.url + route, { caPem: this.authority.rootPem });
  }

  /** POST /api/dev/issue-cert. */
  issue(replica: Replica, devId: string, pin: string, csr: string): Promise<Answer> {
    return ask(`${replica.url}/api/dev/issue-cert`, {
      caPem: this.authority.rootPem,
      json: { devId, pin, csr },
    });
  }

  /** POST /api/dev/renew-cert with a client certificate. */
  renew(replica: Replica, identity: Identity | undefined, csr: string): Promise<Answer> {
    return ask(`${replica.url}/api/dev/renew-cert`, {
      caPem: this.authority.rootPem,
      json: { csr },
      identity,
    });
  }

  /** A PIN, a key and its certificate. */
  async onboard(replica: Replica, devId: string): Promise<Identity & { serial: string }> {
    const request = quickRequest();
    const answer = await this.issue(replica, devId, await this.pin(devId), request.csrPem);
    if (answer.status !== 200) throw new Error(answer.text);
    const certPem = String(answer.json.clientCert);
    return { certPem, keyPem: request.keyPem, serial: await this.newestSerial(devId) };
  }

  async newestSerial(devId: string): Promise<string> {
    const rows = await this.sql<{ serial: string }>(
      `SELECT serial FROM certificate WHERE developer_id = '${devId}' ORDER BY issued_at DESC LIMIT 1`,
    );
    return rows[0]?.serial ?? "";
  }

  newRequest(...args: string[]): ReturnType<typeof newRequest> {
    return newRequest(this.folder, ...args);
  }

  admin(replica: Replica, ...args: string[]): Promise<CommandResult> {
    const program = this.programs.get("services/berth-admin") ?? "";
    return runCommand("node", [program, "--settings", replica.settingsFile, ...args]);
  }

  async adminJson<Fact>(replica: Replica, ...args: string[]): Promise<Fact> {
    const { exitCode, output, stdout } = await this.admin(replica, ...args, "--json");
    if (exitCode !== 0) throw new Error(output);
    return JSON.parse(stdout) as Fact;
  }

  /** A new PIN, as `berth-admin pin create` makes it, without the start of a process. */
  async pin(devId: string, role: Role = "developer"): Promise<string> {
    return (await createPin(this.operator(), PIN_KEY, { developerId: devId, role, minutes: 15 })).pin;
  }

  /** The operator's hand on the database. */
  operator(): Operator {
    this.database ??= Database.open(readSettings(this.writeSettings({})), "test");
    return { database: this.database, actor: "operator" };
  }

  /** A connection of its own, as the service's or the gateway's user; closed at the end. */
  async connect(user: "onboarding" | "gateway" = "onboarding"): Promise<Client> {
    const client = new Client({
      ...{
        host: "127.0.0.1",
        port: this.postgresPort,
        database: "onboarding",
        user,
        password: PASSWORDS[user],
      },
    });
    // A restart of Postgres ends it, which a test may want.
    client.on("error", () => undefined);
    await client.connect();
    this.clients.push(client);
    return client;
  }

  async sql<Row extends QueryResultRow>(statement: string, user?: "gateway"): Promise<Row[]> {
    const client = await this.connect(user);
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  writeSettings(overrides: object): string {
    const file = (name: string, content: string): string => {
      const at = path.join(this.folder, name);
      fs.writeFileSync(at, content);
      return at;
    };
    const settings = {
      serverCertFile: file("server-cert.pem", this.authority.serverCertPem),
      serverKeyFile: file("server-key.pem", this.authority.serverKeyPem),
      rootCertFile: file("root-cert.pem", this.authority.rootPem),
      issuingCertFile: file("issuing-cert.pem", this.authority.issuingPem),
      issuingKeyFile: file("issuing-key.pem", this.authority.issuingKeyPem),
      dockerEndpoint: "tcp://localhost:2376",
      database: {
        host: "127.0.0.1",
        port: this.postgresPort,
        passwordFile: file("database-password", PASSWORDS.onboarding),
      },
      pinKeyFile: file("pin-key", PIN_KEY.toString()),
      secretsKeyFile: file("secrets-key", "ab".repeat(32)),
      limits: { perAddressPerMinute: 100_000, overallPerMinute: 100_000 },
      ...overrides,
    };
    return file(`settings-${this.replicas.length}-${Date.now()}.json`, JSON.stringify(settings));
  }

  async dispose(): Promise<void> {
    for (const replica of this.replicas) await this.end(replica, "SIGKILL");
    for (const client of this.clients) await client.end().catch(() => undefined);
    await this.database?.close();
    this.forwarder.close();
    await this.bench.dispose();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What openssl prints about a certificate or request. */
export function openssl(args: string[], input: string): string {
  return execFileSync("openssl", args, { input, stdio: ["pipe", "pipe", "pipe"] }).toString();
}
