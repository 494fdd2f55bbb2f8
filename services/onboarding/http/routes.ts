import type { FastifyInstance, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { TLSSocket } from "node:tls";
import { authorityProblem } from "../certificates/authority";
import { readCertificateRequest } from "../certificates/certificate-request";
import { redeem } from "../identity/redeem";
import { renew } from "../identity/renew";
import { Refusal } from "../refusal";
import { secretsEncryption } from "../secrets-encryption";
import type { StoredCertificate } from "../store/certificates";
import {
  certificateAnswer,
  healthAnswer,
  issueRequest,
  readyAnswer,
  refusalAnswer,
  renewRequest,
  THRESHOLDS,
  type CertificateAnswer,
} from "./messages";
import { readiness } from "./readiness";
import type { Service } from "./service";

/** A refused PIN is answered at the next multiple of this, so that the time tells nothing of what was found. */
const REFUSAL_STEP_MS = 300;

const refusals = { "4xx": refusalAnswer, "5xx": refusalAnswer };

/** The developers' two requests. */
export function addCertificateRoutes(app: FastifyInstance, service: Service): void {
  const { issuer, limits, metrics } = service;
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "POST",
    url: "/api/dev/issue-cert",
    schema: {
      summary: "A client certificate for a one-time PIN",
      description: "Again with the same PIN and key after a lost answer: the same certificate.",
      body: issueRequest,
      response: { 200: certificateAnswer, ...refusals },
    },
    handler: async (request) => {
      const startedMs = performance.now();
      await limits.count("issue", request.ip);
      assertUsable(service);
      const { devId, pin, csr } = request.body;
      const key = readCertificateRequest(csr);
      try {
        const certificate = await redeem(issuer, { developerId: devId, pin, key, address: request.ip });
        metrics.gave("issue");
        return answer(service, certificate);
      } catch (error) {
        if (error instanceof Refusal && error.code === "pin_refused") await untilNextStep(startedMs);
        throw error;
      }
    },
  });
  typed.route({
    method: "POST",
    url: "/api/dev/renew-cert",
    schema: {
      summary: "The next client certificate, over mutual TLS with the present one",
      description:
        "Each certificate is renewed once, with a new key. Again with the same new key after a lost answer: the same certificate. " +
        "With another key: the certificate was copied, and the identity is locked.",
      body: renewRequest,
      response: { 200: certificateAnswer, ...refusals },
    },
    handler: async (request) => {
      await limits.count("renew", request.ip);
      assertUsable(service);
      const key = readCertificateRequest(request.body.csr);
      const certificate = await renew(issuer, { presented: presentedBy(request), key, address: request.ip });
      metrics.gave("renew");
      return answer(service, certificate);
    },
  });
}

/** What monitors and people ask for. */
export function addServiceRoutes(app: FastifyInstance, service: Service): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/health",
    schema: { summary: "Whether the process lives", response: { 200: healthAnswer } },
    handler: () => ({ status: "alive" as const }),
  });
  typed.route({
    method: "GET",
    url: "/ready",
    schema: {
      summary: "Whether certificates can be issued now",
      response: { 200: readyAnswer, 503: readyAnswer },
    },
    handler: async (_request, reply) => {
      const state = await readiness(service.issuer.database, service.keys);
      return reply.code(state.status === "ready" ? 200 : 503).send(state);
    },
  });
  app.get("/metrics", { schema: { summary: "Counters for Prometheus" } }, async (_request, reply) => {
    const { registry } = service.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** Read from the connection at every request: OpenSSL keeps it over a resumed session too. */
function presentedBy(request: FastifyRequest): X509Certificate | undefined {
  const { socket } = request.raw;
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

function assertUsable({ issuer }: Service): void {
  const problem = authorityProblem(issuer.authority);
  if (problem !== undefined)
    throw new Refusal(503, "unavailable", `No certificate can be issued: ${problem}.`, 60);
}

function answer({ issuer, keys }: Service, certificate: StoredCertificate): CertificateAnswer {
  const { prefix } = issuer.settings;
  return {
    clientCert: certificate.pem + certificate.authorityPem,
    caCert: keys.authority.rootPem,
    expiresAt: certificate.notAfter.toISOString(),
    dockerEndpoint: issuer.settings.dockerEndpoint,
    secretsEncryption: secretsEncryption(keys.secretsKey, prefix, certificate.developerId),
    sharedSecrets: issuer.settings.sharedSecrets,
    thresholds: THRESHOLDS,
  };
}

async function untilNextStep(startedMs: number): Promise<void> {
  const elapsedMs = performance.now() - startedMs;
  await sleep(Math.ceil(elapsedMs / REFUSAL_STEP_MS) * REFUSAL_STEP_MS - elapsedMs);
}
