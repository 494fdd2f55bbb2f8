import { SETTINGS_PATH } from "../../../spec/gateway-api";
import { checkHeaders, refusalOf } from "../rules";
import { parseJsonBody } from "../rules/json-body";
import { malformed, refuse } from "../rules/refusals";
import { parseTarget } from "../rules/request-target";
import type { Incoming, OwnAnswer, Refusal, RoutePlan } from "../rules/types";
import type { GatewaySettings } from "../settings";
import { DatabasesRoute } from "./databases";
import type { OwnRoute } from "./own-route";
import { ServiceAccessRoute } from "./service-access";
import { ThrowAwayAccessRoutes } from "./throw-away-access";
import { settingsFor } from "./settings-answer";

export { sendOwnAnswer } from "./send";

/** Everything below it is answered by the gateway; the engine has no such path. */
const OWN = "/berth/";
const LARGEST_BODY = 4096;

/** The routes that are not the engine's. Whoever is let in at all may use them, each for their own things only. */
export interface OwnRoutes {
  /** Undefined for what the rules of the Engine API decide. Synchronous, never throws. */
  route(incoming: Incoming): RoutePlan<OwnAnswer> | Refusal | undefined;
}

/** @throws Error where the key for passwords cannot be read */
export function createOwnRoutes(settings: GatewaySettings): OwnRoutes {
  const routes: OwnRoute[] = [
    settingsRoute(settings),
    new ServiceAccessRoute(settings),
    new DatabasesRoute(settings),
    ...new ThrowAwayAccessRoutes(settings).routes,
  ];
  return {
    route: (incoming) => {
      if (!incoming.rawTarget.startsWith(OWN)) return undefined;
      try {
        return planOf(incoming, routes);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function planOf({ method, rawTarget, headers, caller }: Incoming, routes: OwnRoute[]): RoutePlan<OwnAnswer> {
  const { path, query } = parseTarget(rawTarget);
  checkHeaders(headers);
  const route = routes.find((known) => known.path === path && known.method === method);
  if (!route)
    return refuse(
      404,
      "unknown-route",
      `this gateway does not know ${method.slice(0, 16)} ${path.slice(0, 200)}: use a berth command of its version (berth version)`,
    );
  if (query.length > 0) malformed(`${method} ${path} takes no query parameters`);
  return {
    ...{ kind: "plan", name: `${method} ${path}`, upgrade: false, stream: false },
    ...(method === "POST"
      ? { body: "json", maximumBodyBytes: LARGEST_BODY }
      : { body: "none", maximumBodyBytes: 0 }),
    decide: async (bytes, engine) => {
      try {
        return await route.decide({ caller, body: parseJsonBody(bytes, headers) }, engine);
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function settingsRoute(settings: GatewaySettings): OwnRoute {
  return {
    method: "GET",
    path: SETTINGS_PATH,
    decide: ({ caller }) =>
      Promise.resolve({
        kind: "own",
        object: "settings",
        answer: () => Promise.resolve({ body: settingsFor(settings, caller) }),
      }),
  };
}
