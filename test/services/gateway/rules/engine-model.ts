/** A small engine in memory that answers the rules' look-ups, and a way to ask the rules. */
import { createRules } from "../../../../services/gateway/rules";
import type {
  Allow,
  Caller,
  EngineLookup,
  Incoming,
  Refusal,
  Role,
  Rules,
  RuleSettings,
} from "../../../../services/gateway/rules/types";

export const ruleSettings: RuleSettings = {
  prefix: "berth",
  stack: "berth-dev",
  domain: "localhost",
  publishAddress: "127.0.0.1",
  portRanges: { eva: { first: 9000, last: 9009 } },
  quota: { containers: 4, networks: 2, volumes: 3, memoryMb: 2048, cpus: 4, streams: 100 },
  defaults: { memoryMb: 512, cpus: 1, pids: 512 },
  capabilities: ["CHOWN", "SETUID"],
  sharedImages: ["debian:trixie"],
};

export function labelsOf(
  owner: string,
  environment = "dev",
  stack = `berth-${environment}`,
): Record<string, string> {
  return { "berth.owner": owner, "berth.env": environment, "berth.stack": stack };
}

interface ModelContainer {
  Id: string;
  Name: string;
  Image: string;
  Config: { Labels: Record<string, string>; Hostname: string; Env: string[] };
  HostConfig: { Memory: number; NanoCpus: number; NetworkMode: string };
  Mounts: { Type: string; Name?: string; Source?: string }[];
}

interface ModelImage {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Config: { Labels: Record<string, string>; Volumes?: Record<string, object> };
}

/** What exists; `get` answers as the engine does, its search by the start of an id included. */
export class EngineModel implements EngineLookup {
  readonly containers: ModelContainer[] = [];
  readonly networks: { Id: string; Name: string; Labels: Record<string, string> }[] = [];
  readonly volumes: { Name: string; Labels: Record<string, string> }[] = [];
  readonly images: ModelImage[] = [];
  readonly execs: { ID: string; ContainerID: string }[] = [];
  /** Every look-up, for what must not be asked. */
  readonly asked: string[] = [];

  get(target: string): Promise<{ status: number; body: unknown }> {
    this.asked.push(target);
    const path = target.split("?")[0] ?? "";
    const body = this.find(path);
    return Promise.resolve(
      body === undefined ? { status: 404, body: { message: "not found" } } : { status: 200, body },
    );
  }

  container(
    name: string,
    labels: Record<string, string>,
    id = digest(name),
    mounts: ModelContainer["Mounts"] = [],
  ): string {
    this.containers.push({
      ...{ Id: id, Name: `/${name}`, Image: `sha256:${digest("image")}`, Mounts: mounts },
      Config: { Labels: labels, Hostname: id.slice(0, 12), Env: ["SECRET=1"] },
      HostConfig: { Memory: 512 * 1024 * 1024, NanoCpus: 1e9, NetworkMode: "berth-dev-network" },
    });
    return id;
  }

  network(name: string, labels: Record<string, string>): string {
    this.networks.push({ Id: digest(name), Name: name, Labels: labels });
    return digest(name);
  }

  volume(name: string, labels: Record<string, string>): void {
    this.volumes.push({ Name: name, Labels: labels });
  }

  image(tag: string, labels: Record<string, string> = {}, volumes?: Record<string, object>): string {
    const Id = `sha256:${digest(tag)}`;
    this.images.push({ Id, RepoTags: [tag], RepoDigests: [], Config: { Labels: labels, Volumes: volumes } });
    return Id;
  }

  exec(containerId: string): string {
    const ID = digest(`exec ${containerId}`);
    this.execs.push({ ID, ContainerID: containerId });
    return ID;
  }

  private find(path: string): unknown {
    const match = /^\/(containers|networks|volumes|images|exec)\/(.+?)(?:\/json)?$/.exec(path);
    const reference = match?.[2] ?? "";
    if (path === "/containers/json")
      return this.containers.map(({ Id, Name, Config }) => ({ Id, Names: [Name], Labels: Config.Labels }));
    if (path === "/networks") return this.networks;
    if (path === "/volumes") return { Volumes: this.volumes };
    if (path === "/images/json")
      return this.images.map((image) => ({ ...image, Labels: image.Config.Labels }));
    const kinds: Record<string, () => unknown> = {
      containers: () =>
        this.containers.find(({ Id, Name }) => Id.startsWith(reference) || Name === `/${reference}`),
      networks: () => this.networks.find(({ Id, Name }) => Id.startsWith(reference) || Name === reference),
      volumes: () => this.volumes.find(({ Name }) => Name === reference),
      images: () => this.images.find(({ Id, RepoTags }) => Id === reference || RepoTags.includes(reference)),
      exec: () => this.execs.find(({ ID }) => ID === reference),
    };
    return kinds[match?.[1] ?? ""]?.();
  }
}

/** 64 hex characters that stay the same for a text. */
export function digest(text: string): string {
  const hex = Buffer.from(text).toString("hex");
  return `${hex}${"0".repeat(64)}`.slice(0, 64);
}

/** What two developers and the environment have. */
export function sampleEngine(): EngineModel {
  const model = new EngineModel();
  model.network("berth-dev-network", { ...labelsOf("shared"), "berth.role": "network" });
  model.network("berth-tst-network", { ...labelsOf("shared", "tst"), "berth.role": "network" });
  model.image("debian:trixie");
  model.image("shop:dev-01-latest");
  model.image("shop:dev-02-latest");
  model.image("berth-dev-runtime-node:latest", labelsOf("shared"));
  model.container("berth-dev-01-web", labelsOf("01"), `01${"a".repeat(62)}`);
  model.container("berth-dev-02-web", labelsOf("02"), `02${"b".repeat(62)}`);
  model.container("berth-dev-postgres", labelsOf("shared"), `03${"c".repeat(62)}`);
  model.network("berth-dev-01-own", labelsOf("01"));
  model.network("berth-dev-02-own", labelsOf("02"));
  model.volume("berth-dev-01-data", labelsOf("01"));
  model.volume("berth-dev-02-data", labelsOf("02"));
  return model;
}

export function caller(developerId = "01", role: Role = "developer"): Caller {
  return { developerId, role, serial: "0".repeat(32) };
}

export interface Asked {
  as?: Caller;
  body?: unknown;
  headers?: Incoming["headers"];
  rules?: Rules;
  engine?: EngineModel;
}

/** Asks the rules as the transport does; a body that is no text or bytes goes as JSON. */
export async function ask(method: string, rawTarget: string, asked: Asked = {}): Promise<Allow | Refusal> {
  const { as = caller(), body, rules = createRules(ruleSettings), engine = sampleEngine() } = asked;
  const headers = { ...(body !== undefined && { "content-type": "application/json" }), ...asked.headers };
  const plan = rules.route({ method, rawTarget, headers, caller: as });
  if (plan.kind === "refusal") return plan;
  const bytes =
    body === undefined || Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  if (plan.body === "none" && bytes !== undefined && bytes.length > 0) {
    return { kind: "refusal", status: 400, reason: "malformed", message: "no body" };
  }
  return plan.decide(plan.body === "stream" ? undefined : bytes, engine);
}

/** As `ask`, for what must go through; fails with the refusal's message. */
export async function allowed(
  method: string,
  target: string,
  asked: Asked = {},
): Promise<Allow & { json: Sent }> {
  const decision = await ask(method, target, asked);
  if (decision.kind === "refusal") throw new Error(`refused: ${decision.message}`);
  return { ...decision, json: JSON.parse(decision.body?.toString() ?? "{}") as Sent };
}

/** A forwarded body; tests know what they look for. */
export interface Sent {
  [name: string]: unknown;
  Labels: Record<string, string>;
  HostConfig: Record<string, unknown>;
  NetworkingConfig: { EndpointsConfig: Record<string, { Aliases?: string[]; Links?: string[] }> };
}

/** As `ask`, for what must not go through. */
export async function refused(method: string, target: string, asked: Asked = {}): Promise<Refusal> {
  const decision = await ask(method, target, asked);
  if (decision.kind === "allow")
    throw new Error(`allowed: ${decision.target} ${decision.body?.toString() ?? ""}`);
  return decision;
}
