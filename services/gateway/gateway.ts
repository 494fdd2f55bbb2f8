import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Audit } from "./audit/audit";
import { LogFile } from "./audit/log-file";
import { Engine } from "./engine/engine";
import { EngineWatch } from "./engine/watch";
import { createHealthServer } from "./health-server";
import { Admission } from "./identity/admission";
import { IdentitySource } from "./identity/source";
import { log } from "../shared/log";
import { Metrics } from "./metrics";
import { createOwnRoutes } from "./own-routes";
import type { Rules } from "./rules/types";
import { readSecretFile, type GatewaySettings } from "./settings";
import { OpenRequests } from "./transport/open-requests";
import { createServer, renewIdentity, type ServerIdentity } from "./transport/server";

/** How long requests under way may go on after the end was asked for. */
const FAREWELL_MS = 3_000;
const FAREWELL_POLL_MS = 50;
const AUDIT_RETRY_MS = 2_000;
/** A container sees the new socket of an engine that restarted only after a start of its own. */
const ENGINE_GONE_MS = 30_000;

/** A gateway that serves. */
export interface RunningGateway {
  /** The port for callers; the settings may have asked for any free one. */
  port: number;
  healthPort: number;
  metrics: Metrics;
  /** Stops accepting, ends what is under way and writes the audit log out; within 10 s. */
  stop(): Promise<void>;
}

/** Puts the parts together and listens; `giveUp` is called when only a new start can help. */
export async function startGateway(
  settings: GatewaySettings,
  rules: Rules,
  giveUp: (why: string) => void,
): Promise<RunningGateway> {
  const identity: ServerIdentity = {
    certificatePem: readSecretFile(settings.serverCertFile),
    keyPem: readSecretFile(settings.serverKeyFile),
    authoritiesPem: [readSecretFile(settings.rootCertFile)],
    minimumTls: settings.listen.minimumTls,
  };
  const { passwordFile, ...database } = settings.database;
  const source = new IdentitySource({ ...database, password: readSecretFile(passwordFile).trim() });
  const audit = new Audit(new LogFile(settings.auditFolder, settings.audit));
  const open = new OpenRequests();
  const metrics = new Metrics({ openStreams: () => open.streams(), revisionAgeMs: () => source.ageMs });
  const engine = new Engine(settings.engineSocket);
  const watch = new EngineWatch(engine, (silentMs) => {
    if (silentMs > ENGINE_GONE_MS) giveUp(`no engine at ${settings.engineSocket}: ${watch.problem}`);
  });
  const stations = {
    ...{ admission: new Admission(source, settings.prefix), rules, ownRoutes: createOwnRoutes(settings) },
    ...{ engine, audit, metrics, open },
  };
  const server = createServer(identity, { ...stations, streamsPerDeveloper: settings.quota.streams });
  source.on("change", ({ authorities, revision }) => {
    renewIdentity(server, { ...identity, authoritiesPem: [...identity.authoritiesPem, ...authorities] });
    log("info", "identities changed", { revision });
    open.sweep();
  });
  const auditRetry = setInterval(() => audit.retry(), AUDIT_RETRY_MS);
  let ready = false;
  const checks = [
    { name: "identities", problem: () => source.problem },
    { name: "audit", problem: () => audit.problem },
    { name: "engine", problem: () => watch.problem },
  ];
  const health = createHealthServer({
    checks,
    ready: () => (ready ||= server.listening && checks.every(({ problem }) => problem() === undefined)),
    metrics: () => metrics.registry.metrics(),
  });
  source.start();
  void watch.start();
  const healthPort = await listen(health, settings.health.port);
  const port = await listen(server, settings.listen.port);
  log("info", "listening", {
    port,
    healthPort,
    stack: settings.stack,
    minimumTls: settings.listen.minimumTls,
  });

  const stop = async (): Promise<void> => {
    ready = false;
    server.close();
    server.closeIdleConnections();
    const deadlineMs = performance.now() + FAREWELL_MS;
    while (open.size > open.streams() && performance.now() < deadlineMs) await sleep(FAREWELL_POLL_MS);
    open.cutAll({ kind: "refusal", status: 503, reason: "gateway-stops", message: "the gateway stops" });
    await sleep(FAREWELL_POLL_MS);
    server.closeAllConnections();
    watch.stop();
    open.close();
    clearInterval(auditRetry);
    health.close();
    health.closeAllConnections();
    engine.close();
    await source.stop();
    audit.close();
  };
  return { port, healthPort, metrics, stop };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
