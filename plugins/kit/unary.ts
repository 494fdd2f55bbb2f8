import * as grpc from "@grpc/grpc-js";

import type { CallScope } from "./calls";
import { encodeProperties } from "./encode";
import { callFailure, incompleteFailure } from "./errors";
import type { PluginHost } from "./host";
import type { InitializationError } from "./types";

/** An InitializationError together with what of it must be encrypted. */
export class IncompleteError extends Error {
  constructor(
    readonly failure: InitializationError,
    readonly secretNames: ReadonlySet<string>,
  ) {
    super(failure.message);
  }
}

/** A gRPC method made of an async function: its errors become gRPC failures, without the call's secrets. */
export function unary<Request, Response, Client>(
  host: PluginHost<Client>,
  step: (request: Request, scope: CallScope) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, respond) => {
    host.calls
      .run(host.log, async (scope) => {
        try {
          return { response: await step(call.request, scope) };
        } catch (error) {
          return { failure: failureOf(error, (text) => scope.redactor.apply(text)) };
        }
      })
      .then(
        ({ response, failure }) => (failure ? respond(failure) : respond(null, response)),
        (error: unknown) => respond({ code: grpc.status.INTERNAL, details: String(error) }),
      );
  };
}

function failureOf(error: unknown, redact: (text: string) => string): Partial<grpc.StatusObject> {
  if (!(error instanceof IncompleteError)) return callFailure(error, redact);
  const { resource, reasons, inputs } = error.failure;
  return incompleteFailure({
    id: resource.id,
    properties: encodeProperties(resource.state, error.secretNames),
    inputs: inputs && encodeProperties(inputs, error.secretNames),
    reasons: reasons.map(redact),
  });
}
