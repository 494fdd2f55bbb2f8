import swagger from "@fastify/swagger";
import fastify, { type FastifyInstance } from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { constants } from "node:crypto";
import { log } from "../../shared/log";
import { errorHandler, notFound } from "./errors";
import { addCertificateRoutes, addServiceRoutes } from "./routes";
import type { Service } from "./service";

const LARGEST_BODY_BYTES = 16 * 1_024;
const MOST_CONNECTIONS = 2_048;
/** A client that sends its request slower than this is none of ours. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Asked every few seconds by machines: not worth a line each. */
const QUIET = ["/health", "/ready", "/metrics"];

/** The HTTPS server with all its routes, not listening yet. */
export async function buildServer(service: Service): Promise<FastifyInstance> {
  const app = fastify({
    https: tlsOptions(service),
    logger: false,
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 2 * REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 5_000,
    forceCloseConnections: "idle",
  }) as unknown as FastifyInstance;
  app.server.maxConnections = MOST_CONNECTIONS;
  app.server.headersTimeout = REQUEST_TIMEOUT_MS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(errorHandler(service.metrics));
  app.setNotFoundHandler(notFound);
  app.addHook("onSend", async (_request, reply) => void reply.header("cache-control", "no-store"));
  addRequestLog(app, service);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Berth onboarding", description: "Client certificates for developers.", version: "1" },
    },
    transform: jsonSchemaTransform,
  });
  // Behind the plugin, or it would not see the routes.
  addCertificateRoutes(app, service);
  addServiceRoutes(app, service);
  await app.ready();
  return app;
}

function tlsOptions({ keys }: Service): object {
  return {
    // Up to the root, which TLS could leave out (RFC 8446, 4.4.2): a laptop that has nothing yet compares its fingerprint.
    cert: `${keys.serverCertPem.trimEnd()}\n${keys.authority.rootPem}`,
    key: keys.serverKeyPem,
    minVersion: "TLSv1.3",
    handshakeTimeout: REQUEST_TIMEOUT_MS,
    // Everybody may connect, since onboarding comes before the certificate; who renews is checked with the database at each request.
    requestCert: true,
    rejectUnauthorized: false,
    // No list of CAs is sent: a client whose CA was replaced could not choose its certificate by it.
    ca: [],
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

/** One line for each request that is not a monitor's: where from, what, how it ended. */
function addRequestLog(app: FastifyInstance, { metrics }: Service): void {
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "(none)";
    const durationMs = Math.round(reply.elapsedTime);
    metrics.answered(route, reply.statusCode, reply.elapsedTime / 1_000);
    if (!QUIET.includes(route) || (reply.statusCode >= 400 && route !== "/ready")) {
      const { method, ip } = request;
      log("info", "request", { method, route, status: reply.statusCode, durationMs, address: ip });
    }
    done();
  });
}
