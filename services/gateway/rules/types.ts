import type { Duplex } from "node:stream";

/** What a certificate says its holder may do; see docs/gateway.md. */
export type Role = "developer" | "ci" | "operator";

/** Who asks, as proven by the client certificate and looked up again for this request. */
export interface Caller {
  /** Developer id, `^[a-z0-9]{1,16}$`: the owner label and the third part of every physical name. */
  developerId: string;
  role: Role;
  /** Certificate serial: 32 lower-case hex characters, for the audit log only. */
  serial: string;
}

/** One request as it stood on the wire, before anything was decoded. */
export interface Incoming {
  /** Upper case as sent; the table compares it exactly. */
  method: string;
  /** The second word of the request line, untouched: nothing may have normalised it. */
  rawTarget: string;
  /** Names in lower case. A header sent twice is an array: the rules refuse that for every header they read. */
  headers: Record<string, string | string[] | undefined>;
  caller: Caller;
}

/** Answer of a plain GET at the engine; `body` is parsed JSON, or the text where it is not JSON. */
export interface EngineAnswer {
  status: number;
  body: unknown;
}

/** Read access to the engine for decisions; the transport implements it over the engine's socket. */
export interface EngineLookup {
  /**
   * @param path absolute path and query, with version prefix, already percent-encoded
   * @throws where the engine cannot be reached; the transport answers 503 then
   */
  get(path: string): Promise<EngineAnswer>;
}

/** A request that must not reach the engine. The transport sends `{"message": message}` with `status`. */
export interface Refusal {
  kind: "refusal";
  /** HTTP status; 404 with the engine's own wording where the object is another's. */
  status: number;
  /** For the caller: who, what, and how to do it instead. */
  message: string;
  /** Short code for audit and metrics, for example `field-not-allowed`. */
  reason: string;
  /** What it was about, for the audit log: `container btest-x`; never a secret. */
  object?: string;
}

/**
 * How the engine's answer goes back. Applies to 2xx answers only; the transport passes others through.
 * - `pass`: bytes as they come (streams, tar, raw bodies)
 * - `json`: the transport reads the whole JSON answer, and sends what the function returns
 * - `jsonLines`: each JSON value of the stream (one a line or concatenated) goes through the function; `undefined` drops it
 */
export type AnswerRule =
  "pass" | { json: (body: unknown) => unknown } | { jsonLines: (event: unknown) => unknown };

/** A request as it may go to the engine. */
export interface Allow {
  kind: "allow";
  /** Method at the engine: the caller's own. */
  method: string;
  /** Path and query with the version prefix, rewritten: the only part of the caller's target that reaches the engine. */
  target: string;
  /** Headers to add or to replace; `undefined` removes one that the transport would have forwarded. */
  headers: Record<string, string | undefined>;
  /** Re-serialised JSON; the transport sets Content-Length. Absent: the request streams through (body "stream") or is empty (body "none"). */
  body?: Buffer;
  /**
   * For build contexts: bytes of the caller in, bytes for the engine out. An error of it (an instance of `RefusedStream`
   * carries a Refusal) aborts the request at the engine before its end, and is answered as a refusal.
   */
  bodyTransform?: () => Duplex;
  answer: AnswerRule;
  /** For the audit log, for example `container berth-dev-01-shop`. */
  object: string;
  /** Gives back quota reservations. Called exactly once, when the engine's answer is in or the request failed. */
  release?: () => void;
}

/** What the gateway itself answers, a 200 with JSON: nothing of the request goes to the engine. */
export interface OwnAnswer {
  kind: "own";
  /** For the audit log. */
  object: string;
  /**
   * Does the work, after the audit log has it.
   * @throws EngineUnreachable
   */
  answer: () => Promise<{ body: unknown } | Refusal>;
}

/** What the synchronous part of the rules found out from method, target and headers. */
export interface RoutePlan<Decided extends Allow | OwnAnswer = Allow | OwnAnswer> {
  kind: "plan";
  /** Method and pattern, for example `POST /containers/{id}/start`: low cardinality, for audit and metrics. */
  name: string;
  /** `none`: any body byte is refused; `json`: read whole before decide; `stream`: passed through (or through bodyTransform). */
  body: "none" | "json" | "stream";
  /** For `none` 0, for `json` the limit above which the transport answers 413; for `stream` 0 stands for no limit. */
  maximumBodyBytes: number;
  /** Whether the engine may answer 101, or 200 with a hijacked connection (attach, exec start). */
  upgrade: boolean;
  /** Whether the answer is long-lived (events, logs -f, attach, build): counted in quota.streams, cut on revocation. */
  stream: boolean;
  /**
   * Decides with the body, looking up what it must at the engine. Never throws for what a caller sent; rejects only where the engine
   * look-up failed.
   * @param body the whole body for `json`, otherwise undefined
   */
  decide(body: Buffer | undefined, engine: EngineLookup): Promise<Decided | Refusal>;
}

/** Carries a refusal out of a `bodyTransform`. */
export class RefusedStream extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = "RefusedStream";
  }
}

/** The part of gateway.json that the rules need; every field has its default in the transport's settings schema. */
export interface RuleSettings {
  /** First part of every physical name and organisation of the certificates, for example `berth`. */
  prefix: string;
  /** Value of the label `berth.stack`; the installation whose shared objects are readable. */
  stack: string;
  /** Domain under which the proxy serves apps, for example `localhost`. */
  domain: string;
  /** Address of the host on which published ports are bound, for example `127.0.0.1`. */
  publishAddress: string;
  /** Host ports by developer id; ids not named here: see `portRangeOf`. */
  portRanges: Record<string, { first: number; last: number }>;
  /** What one developer may have at the same time. */
  quota: {
    containers: number;
    networks: number;
    volumes: number;
    memoryMb: number;
    cpus: number;
    streams: number;
  };
  /** Limits of a container whose request names none. */
  defaults: { memoryMb: number; cpus: number; pids: number };
  /** Capabilities that `CapAdd` may name, without `CAP_`. */
  capabilities: string[];
  /** Image references that everybody may use beside the shared images of the stacks. */
  sharedImages: string[];
}

/** The rules of one gateway: `createRules(settings)` of ./index.ts. */
export interface Rules {
  /** Parses method, target and headers strictly, and finds the table's entry. Synchronous, never throws. */
  route(incoming: Incoming): RoutePlan<Allow> | Refusal;
}
