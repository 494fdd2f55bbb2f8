import type { RouteRule } from "./context";
import { parseJsonBody } from "./json-body";
import { checkQuery, type Query } from "./parameters";
import { Ownership } from "./ownership";
import { QuotaBook } from "./quota";
import { malformed, Refused, refuse } from "./refusals";
import { parseTarget } from "./request-target";
import { findRoute } from "./table";
import type { Allow, Incoming, Refusal, RoutePlan, Rules, RuleSettings } from "./types";

export { portRangeOf, type PortRange } from "./container/ports";

/** Largest JSON body: far above any real create request. */
const LARGEST_JSON = 1024 * 1024;
/** Headers of which a second one would be another request to somebody on the way. */
const SINGLE_HEADERS = [
  "content-type",
  "content-length",
  "transfer-encoding",
  "content-encoding",
  "upgrade",
  "host",
];

/** The rules for one gateway. They hold nothing but what concurrent requests have reserved of quotas. */
export function createRules(settings: RuleSettings): Rules {
  const quota = new QuotaBook();
  return {
    route: (incoming) => {
      try {
        return planOf(incoming, settings, quota);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function planOf(incoming: Incoming, settings: RuleSettings, quota: QuotaBook): RoutePlan<Allow> {
  const { method, headers } = incoming;
  const { version, path, query } = parseTarget(incoming.rawTarget);
  checkHeaders(headers);
  const route = findRoute(method, path);
  if (!route)
    refuse(
      403,
      "unknown-route",
      `the gateway has no rule for ${method.slice(0, 16)} ${path.slice(0, 200)}: docs/gateway.md has the routes`,
    );
  const { rule, names } = route;
  if ("denied" in rule) refuse(403, "route-denied", `${rule.method} ${path.slice(0, 200)}: ${rule.denied}`);
  const { once, repeated } = checkQuery(query, rule.query ?? {}, rule.repeatable, rule.body === "json");
  const body = rule.body === "dropped" ? "json" : (rule.body ?? "none");
  const ownership = new Ownership(incoming.caller, settings);
  return {
    kind: "plan",
    name: `${rule.method} ${rule.pattern}`,
    body,
    maximumBodyBytes: body === "json" ? LARGEST_JSON : 0,
    upgrade: rule.upgrade ?? false,
    stream: typeof rule.stream === "function" ? rule.stream(once) : (rule.stream ?? false),
    decide: async (bytes, engine) => {
      try {
        const parsed = bodyOf(rule, bytes, headers);
        const context = {
          method,
          version,
          path,
          names,
          query: once,
          repeated,
          body: parsed,
          headers,
          ownership,
          quota,
          engine,
        };
        return await rule.decide(context);
      } catch (error) {
        return { object: spokenObject(path, names, once), ...definedOnly(refusalOf(error)) };
      }
    },
  };
}

/** What a refused request was about, in the caller's words, where the refusal does not know better. */
function spokenObject(path: string, names: Record<string, string>, query: Query): string {
  const kind = path.split("/")[1] ?? "";
  const name = names["id"] ?? names["name"] ?? names["image"] ?? query.get("name") ?? "";
  return `${kind} ${name}`.trim().slice(0, 200);
}

function definedOnly({ object, ...refusal }: Refusal): Refusal {
  return object === undefined ? refusal : { ...refusal, object };
}

/** @throws Refused */
export function checkHeaders(headers: Incoming["headers"]): void {
  for (const name of SINGLE_HEADERS) {
    if (Array.isArray(headers[name])) malformed(`header '${name}' is given twice`);
  }
  if (headers["content-encoding"] !== undefined && headers["content-encoding"] !== "identity") {
    malformed("header 'content-encoding' is not taken: send the body as it is");
  }
}

function bodyOf(rule: RouteRule, bytes: Buffer | undefined, headers: Incoming["headers"]): unknown {
  if (rule.body !== "json" && rule.body !== "dropped") {
    if (bytes !== undefined && bytes.length > 0) malformed("this route takes no body");
    return undefined;
  }
  return parseJsonBody(bytes, headers);
}

/** The refusal that was thrown. Rethrows what is none: a failed look-up is the engine's trouble. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  throw error;
}
