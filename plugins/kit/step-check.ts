import { CheckFailure, CheckResponse, type CheckRequest } from "@pulumi/pulumi/proto/provider_pb";

import { fillAutoName } from "./auto-name";
import type { CallScope } from "./calls";
import { checkProperties } from "./check";
import { decodeProperties } from "./decode";
import { encodeProperties } from "./encode";
import type { PluginHost } from "./host";
import { secretInputNames } from "./secret-outputs";
import { parseUrn, resourceOf } from "./tokens";
import type { CheckOutcome, Properties } from "./types";

/** Check: refuses wrong inputs, fills in defaults and the physical name. A handler sees only inputs of the right types. */
export async function checkResource<Client>(
  host: PluginHost<Client>,
  request: CheckRequest,
  scope: CallScope,
): Promise<CheckResponse> {
  const { type, name } = parseUrn(request.getUrn());
  const definition = resourceOf(host.definition, type);
  const given = decodeProperties(request.getNews());
  scope.redactor.learn(given, definition.properties);
  const oldInputs = previousInputs(decodeProperties(request.getOlds()).values);

  let outcome = checkProperties(definition.properties, given.values, type);
  if (definition.autoName !== undefined && outcome.failures.length === 0) {
    const seed = request.getRandomseed_asU8();
    outcome.inputs = fillAutoName(definition.autoName, name, outcome.inputs, oldInputs, seed);
  }
  if (definition.check !== undefined && outcome.failures.length === 0) {
    const call = scope.call(await host.client(), request.getUrn(), 0);
    outcome = await scope.wait("check", 0, definition.check(call, outcome.inputs, oldInputs));
  }
  return checkResponse(outcome, secretInputNames(definition.properties, given.secretNames), (text) =>
    scope.redactor.apply(text),
  );
}

/** The engine sends no old inputs as empty ones (provider_plugin.go, Check). */
function previousInputs(olds: Properties): Properties | undefined {
  return Object.keys(olds).length === 0 ? undefined : olds;
}

/** The answer to a Check or CheckConfig. */
export function checkResponse(
  outcome: CheckOutcome,
  secretNames: ReadonlySet<string>,
  redact: (text: string) => string,
): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(encodeProperties(outcome.inputs, secretNames));
  response.setFailuresList(checkFailures(outcome.failures, redact));
  return response;
}

export function checkFailures(
  failures: CheckOutcome["failures"],
  redact: (text: string) => string,
): CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new CheckFailure();
    failure.setProperty(property);
    failure.setReason(redact(reason));
    return failure;
  });
}
