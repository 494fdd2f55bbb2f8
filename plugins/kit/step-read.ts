import {
  InvokeResponse,
  ReadResponse,
  type InvokeRequest,
  type ReadRequest,
} from "@pulumi/pulumi/proto/provider_pb";

import type { CallScope } from "./calls";
import { checkProperties } from "./check";
import { decodeProperties } from "./decode";
import { encodeProperties } from "./encode";
import { RefusedError } from "./errors";
import type { PluginHost } from "./host";
import { secretInputNames, secretOutputNames, secretResultNames } from "./secret-outputs";
import { checkFailures } from "./step-check";
import { keepIncomplete } from "./step-write";
import { functionOf, parseUrn, resourceOf } from "./tokens";

/** Read: a refresh (state given) or an import (only an id given). An empty id in the answer says that the object is gone. */
export async function readResource<Client>(
  host: PluginHost<Client>,
  request: ReadRequest,
  scope: CallScope,
): Promise<ReadResponse> {
  const { type } = parseUrn(request.getUrn());
  const definition = resourceOf(host.definition, type);
  const olds = decodeProperties(request.getProperties());
  const inputs = decodeProperties(request.getInputs());
  [olds, inputs].forEach((bag) => scope.redactor.learn(bag, definition.properties));
  const response = new ReadResponse();
  if (definition.read === undefined) {
    if (Object.keys(olds.values).length === 0)
      throw new RefusedError(`${type} cannot be imported: there is nothing to read it from`);
    response.setId(request.getId());
    response.setProperties(request.getProperties());
    response.setInputs(request.getInputs());
    return response;
  }
  const inputNames = secretInputNames(definition.properties, inputs.secretNames);
  const outputNames = secretOutputNames(definition, new Set([...inputs.secretNames, ...olds.secretNames]));
  const seconds = request.getTimeout();
  const call = scope.call(await host.client(), request.getUrn(), seconds);
  const asked = { id: request.getId(), state: olds.values, inputs: inputs.values };
  const found = await keepIncomplete(outputNames, () =>
    scope.wait("read", seconds, definition.read?.(call, asked) ?? Promise.resolve(undefined)),
  );
  if (found !== undefined) {
    response.setId(found.id);
    response.setProperties(encodeProperties(found.state, outputNames));
    response.setInputs(encodeProperties(found.inputs, inputNames));
  }
  return response;
}

/** Invoke: a function (data source) of the package. */
export async function invokeFunction<Client>(
  host: PluginHost<Client>,
  request: InvokeRequest,
  scope: CallScope,
): Promise<InvokeResponse> {
  const token = request.getTok();
  const definition = functionOf(host.definition, token);
  const args = decodeProperties(request.getArgs());
  scope.redactor.learn(args, definition.properties);
  const checked = checkProperties(definition.properties, args.values, token);
  const response = new InvokeResponse();
  if (checked.failures.length > 0) {
    response.setFailuresList(checkFailures(checked.failures, (text) => scope.redactor.apply(text)));
    return response;
  }
  const call = scope.call(await host.client(), "", 0);
  const result = await scope.wait(token, 0, definition.invoke(call, checked.inputs));
  response.setReturn(encodeProperties(result, secretResultNames(definition, args.secretNames)));
  return response;
}
