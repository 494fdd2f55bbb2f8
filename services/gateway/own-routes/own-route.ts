import type { Caller, EngineLookup, OwnAnswer } from "../rules/types";

/** A route that the gateway answers itself. */
export interface OwnRoute {
  method: "GET" | "POST";
  path: string;
  /** @throws Refused, EngineUnreachable */
  decide(request: OwnRequest, engine: EngineLookup): Promise<OwnAnswer>;
}

/** A request for an own route. */
export interface OwnRequest {
  caller: Caller;
  /** Parsed JSON; undefined without a body. */
  body: unknown;
}
