import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { log } from "../../shared/log";
import type { Metrics } from "../metrics";
import { Refusal } from "../refusal";
import { DatabaseUnavailable } from "../store/database";

const RETRY_SECONDS = 5;

/** Answers every error as `{code, message}`. What came in is never repeated, and what broke inside is only logged. */
export function errorHandler(metrics: Metrics) {
  return (error: FastifyError | Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const refusal = refusalFor(error, request);
    metrics.refusedWith(refusal.code);
    if (refusal.retryAfterSeconds !== undefined) void reply.header("retry-after", refusal.retryAfterSeconds);
    return reply.code(refusal.status).send({ code: refusal.code, message: refusal.message });
  };
}

export function notFound(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = "There is nothing at this path: /openapi.json tells what there is.";
  return reply.code(404).send({ code: "not_found", message });
}

/** The answer while something that we need is away. */
export function unavailable(): Refusal {
  const message = "The service cannot use its database now. Try again with the same key: nothing is lost.";
  return new Refusal(503, "unavailable", message, RETRY_SECONDS);
}

function refusalFor(error: FastifyError | Refusal, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof DatabaseUnavailable) {
    log("error", "the database is not available", { route: request.routeOptions.url, error: error.message });
    return unavailable();
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map(
      ({ instancePath, message }) => `${instancePath.slice(1) || "body"}: ${message}`,
    );
    return new Refusal(
      400,
      "invalid_request",
      `The request is not as /openapi.json wants it: ${fields.join("; ")}.`,
    );
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return new Refusal(status, "invalid_request", clientMessage(error));
  log("error", "a request failed", {
    route: request.routeOptions.url,
    error: error.message,
    stack: error.stack,
  });
  return new Refusal(500, "internal_error", "The service failed at this request: its log says why.");
}

/** Fastify's own words, except where they could repeat the body. */
function clientMessage(error: FastifyError): string {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return "The body is too large: 16 KiB at most.";
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "The body must be application/json.";
  return "The request cannot be read: send one JSON object as the body.";
}
