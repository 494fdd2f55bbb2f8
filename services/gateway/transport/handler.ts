import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { AuditUnavailable, type Audit } from "../audit/audit";
import { EngineUnreachable, type Engine } from "../engine/engine";
import type { Admission } from "../identity/admission";
import { log } from "../../shared/log";
import type { Metrics } from "../metrics";
import { sendOwnAnswer, type OwnRoutes } from "../own-routes";
import {
  RefusedStream,
  type Allow,
  type Caller,
  type Refusal,
  type RoutePlan,
  type Rules,
} from "../rules/types";
import { BodyRefused, readBody, readBodyBeforeUpgrade } from "./body";
import { Exchange } from "./exchange";
import { forward } from "./forward";
import { framingProblem, headersOf } from "./framing";
import type { OpenRequest, OpenRequests } from "./open-requests";
import { sendCut, sendRefusal } from "./refuse";

/** What a request passes on its way. */
export interface Stations {
  admission: Admission;
  rules: Rules;
  /** What is answered here and not by the engine. */
  ownRoutes: OwnRoutes;
  engine: Engine;
  audit: Audit;
  metrics: Metrics;
  open: OpenRequests;
  /** How many long-lived requests one developer may have at the same time. */
  streamsPerDeveloper: number;
}

/** How the request came. */
export interface Arrival {
  /** The first bytes after the headers, where the caller asked for another protocol. */
  head?: Buffer;
  /** The caller waits for "100 Continue" before it sends the body. */
  expectsContinue?: boolean;
}

/** Serves one request from its headers to its end; never throws. */
export async function handle(
  stations: Stations,
  request: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
): Promise<void> {
  const exchange = new Exchange(request, request.socket as TLSSocket, stations.audit, stations.metrics);
  exchange.onCut((refusal) => sendCut(response, refusal));
  let entry: OpenRequest | undefined;
  try {
    const refusal = await serve(stations, exchange, response, arrival, (opened) => (entry = opened));
    if (refusal !== undefined) refuse(exchange, response, refusal);
  } catch (error) {
    fail(exchange, response, error);
  } finally {
    if (entry !== undefined) stations.open.delete(entry);
    finish(exchange);
  }
}

async function serve(
  stations: Stations,
  exchange: Exchange,
  response: ServerResponse,
  arrival: Arrival,
  opened: (entry: OpenRequest) => void,
): Promise<Refusal | undefined> {
  const { request } = exchange;
  const upgrade = arrival.head !== undefined;
  const caller = await stations.admission.admit(exchange.socket);
  if ("kind" in caller) return caller;
  exchange.caller = caller;
  const malformed = framingProblem(request, upgrade);
  if (malformed !== undefined) {
    response.shouldKeepAlive = false;
    return malformed;
  }
  const headers = headersOf(request);
  const incoming = { method: request.method ?? "", rawTarget: request.url ?? "", headers, caller };
  const plan = stations.ownRoutes.route(incoming) ?? stations.rules.route(incoming);
  if (plan.kind === "refusal") return plan;
  exchange.route = plan.name;
  if (upgrade && !plan.upgrade) return upgradeRefused(plan);
  const entry = openRequest(stations, exchange, caller, plan);
  if ("kind" in entry) return entry;
  stations.open.add(entry);
  opened(entry);
  const continueBody = (): void => {
    if (arrival.expectsContinue) response.writeContinue();
  };
  if (plan.body !== "stream") continueBody();
  const body =
    arrival.head === undefined
      ? await readBody(request, plan)
      : await readBodyBeforeUpgrade(request, exchange.socket, arrival.head, plan);
  if (exchange.gone) return undefined;
  const decision = await plan.decide(body, stations.engine);
  if (decision.kind === "refusal") return decision;
  if (decision.kind === "own") return sendOwnAnswer(exchange, response, decision);
  const allow = releasedOnce(decision);
  try {
    if (exchange.gone) return undefined;
    exchange.begin(allow.object);
    if (plan.body === "stream") continueBody();
    await forward(stations.engine, { exchange, plan, allow, response, upgrade });
  } finally {
    allow.release?.();
  }
  return undefined;
}

function releasedOnce(allow: Allow): Allow {
  let release = allow.release;
  if (release === undefined) return allow;
  return {
    ...allow,
    release: () => {
      const first = release;
      release = undefined;
      first?.();
    },
  };
}

function upgradeRefused(plan: RoutePlan): Refusal {
  const message = `${plan.name} cannot become another protocol: send it without Upgrade`;
  return { kind: "refusal", status: 400, reason: "upgrade-not-allowed", message };
}

function openRequest(
  { open, admission, streamsPerDeveloper }: Stations,
  exchange: Exchange,
  { developerId }: Caller,
  plan: RoutePlan,
): OpenRequest | Refusal {
  const stream = plan.stream || plan.upgrade;
  if (stream && open.streams(developerId) >= streamsPerDeveloper) {
    const message = `developer ${developerId} has ${streamsPerDeveloper} open streams, which is the limit: end one of them (docker exec, attach, logs --follow, events, build)`;
    return { kind: "refusal", status: 429, reason: "too-many-streams", message };
  }
  return {
    ...{ developerId, stream },
    problem: () => admission.problemOf(exchange.socket),
    cut: (refusal) => {
      try {
        exchange.cut(refusal);
      } catch (error) {
        // The audit log says so itself, and refuses what comes next.
        if (!(error instanceof AuditUnavailable)) throw error;
      }
    },
  };
}

function refuse(exchange: Exchange, response: ServerResponse, refusal: Refusal): void {
  try {
    exchange.refuse(refusal);
  } catch (error) {
    if (!(error instanceof AuditUnavailable)) throw error;
    sendRefusal(response, unaudited(error));
    return;
  }
  sendRefusal(response, refusal);
}

function unaudited(error: AuditUnavailable): Refusal {
  const message = `${error.message}; the gateway serves nothing that it cannot audit: tell your operator`;
  return { kind: "refusal", status: 503, reason: "audit-unavailable", message };
}

/** What went wrong becomes an answer where one can still be given. */
function fail(exchange: Exchange, response: ServerResponse, error: unknown): void {
  if (error instanceof AuditUnavailable) return sendRefusal(response, unaudited(error));
  if (exchange.gone) return;
  const refusal = refusalOf(error, exchange);
  if (response.headersSent) response.destroy();
  refuse(exchange, response, refusal);
}

function refusalOf(error: unknown, exchange: Exchange): Refusal {
  if (error instanceof BodyRefused || error instanceof RefusedStream) return error.refusal;
  if (error instanceof EngineUnreachable) {
    return {
      kind: "refusal",
      status: 503,
      reason: "engine-unreachable",
      message: `${error.message}: ask your operator`,
    };
  }
  log("error", "a request failed", { id: exchange.id, route: exchange.route, error: String(error) });
  const message = `the gateway failed at this request (${exchange.id}): tell your operator`;
  return { kind: "refusal", status: 502, reason: "failed", message };
}

function finish(exchange: Exchange): void {
  try {
    exchange.end();
  } catch (error) {
    // The audit log says so itself, and refuses what comes next.
    if (!(error instanceof AuditUnavailable)) throw error;
  }
}
