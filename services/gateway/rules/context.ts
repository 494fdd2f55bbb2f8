import type { Ownership } from "./ownership";
import type { Query, Parameters } from "./parameters";
import type { QuotaBook } from "./quota";
import { formatTarget } from "./request-target";
import type { Allow, EngineAnswer, EngineLookup } from "./types";

/** One request on its way through a rule. */
export interface RequestContext {
  method: string;
  /** "" or "/v1.41". */
  version: string;
  /** Path without the version. */
  path: string;
  /** Parts of the path that the pattern names in braces. */
  names: Record<string, string>;
  query: Query;
  /** Parameters that may come several times. */
  repeated: Map<string, string[]>;
  /** Parsed body; undefined without one. */
  body: unknown;
  headers: Record<string, string | string[] | undefined>;
  ownership: Ownership;
  quota: QuotaBook;
  engine: EngineLookup;
}

/** A line of the table that nobody gets. */
export interface DeniedRoute {
  method: string;
  pattern: string;
  /** What to do instead. */
  denied: string;
}

/** A line of the table that some may use. */
export interface RouteRule {
  method: string;
  /** The engine's path; `{name}` stands for one part, `{image}` for one or more. */
  pattern: string;
  query?: Parameters;
  /** Parameters that may come several times. */
  repeatable?: readonly string[];
  /** Default "none". "dropped": JSON in which some clients repeat the parameters; it is parsed as strictly, and goes no further. */
  body?: "none" | "json" | "stream" | "dropped";
  /** The engine may answer with a hijacked connection. */
  upgrade?: boolean;
  /** The answer lives as long as what it watches. */
  stream?: boolean | ((query: Query) => boolean);
  decide: (context: RequestContext) => Promise<Allow> | Allow;
}

/**
 * Looks something up at the engine; undefined where it does not exist.
 * @throws Error where the engine fails
 */
export async function lookUp(
  engine: EngineLookup,
  path: string,
  query: Record<string, unknown> = {},
): Promise<unknown> {
  const answer = await ask(engine, path, query);
  if (answer.status >= 500) throw new Error(`the engine answered ${answer.status} to GET ${path}`);
  return answer.status === 200 ? answer.body : undefined;
}

/**
 * Reads a list that decides something: what cannot be read must not count as empty.
 * @throws Error where the engine does not answer 200
 */
export async function lookUpList(
  engine: EngineLookup,
  path: string,
  query: Record<string, unknown> = {},
): Promise<unknown> {
  const answer = await ask(engine, path, query);
  if (answer.status !== 200) throw new Error(`the engine answered ${answer.status} to GET ${path}`);
  return answer.body;
}

function ask(engine: EngineLookup, path: string, query: Record<string, unknown>): Promise<EngineAnswer> {
  const pairs = Object.entries(query).map(
    ([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)] as const,
  );
  return engine.get(formatTarget("", path, pairs));
}

/** Sends the request on, to the same path unless told otherwise. */
export function allow(context: RequestContext, object: string, changes: AllowChanges = {}): Allow {
  const pairs = changes.query ?? [
    ...context.query,
    ...[...context.repeated].flatMap(([name, values]) => values.map((value) => [name, value] as const)),
  ];
  return {
    kind: "allow",
    method: context.method,
    target: formatTarget(context.version, changes.path ?? context.path, pairs),
    headers: {
      ...(changes.body !== undefined && { "content-type": "application/json" }),
      ...changes.headers,
    },
    ...(changes.body !== undefined && { body: Buffer.from(JSON.stringify(changes.body)) }),
    ...(changes.bodyTransform && { bodyTransform: changes.bodyTransform }),
    answer: changes.answer ?? "pass",
    object,
    ...(changes.release && { release: changes.release }),
  };
}

interface AllowChanges {
  path?: string;
  query?: readonly (readonly [string, string])[];
  body?: unknown;
  headers?: Record<string, string | undefined>;
  bodyTransform?: Allow["bodyTransform"];
  answer?: Allow["answer"];
  release?: () => void;
}

/** Query pairs with some set, and those set to undefined left out. */
export function withQuery(query: Query, changes: Record<string, string | undefined>): [string, string][] {
  const merged = new Map<string, string | undefined>([...query, ...Object.entries(changes)]);
  return [...merged].flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
}
