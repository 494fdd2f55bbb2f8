import {
  CreateResponse,
  UpdateResponse,
  type CreateRequest,
  type DeleteRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { CallScope } from "./calls";
import { decodeProperties } from "./decode";
import { encodeProperties } from "./encode";
import { RefusedError } from "./errors";
import type { PluginHost } from "./host";
import { runPreview } from "./preview";
import { secretOutputNames } from "./secret-outputs";
import { parseUrn, resourceOf } from "./tokens";
import { InitializationError } from "./types";
import { IncompleteError } from "./unary";

/** Create, or what of its outcome a preview can tell. */
export async function createResource<Client>(
  host: PluginHost<Client>,
  request: CreateRequest,
  scope: CallScope,
): Promise<CreateResponse> {
  const definition = resourceOf(host.definition, parseUrn(request.getUrn()).type);
  const inputs = decodeProperties(request.getProperties());
  scope.redactor.learn(inputs, definition.properties);
  const secretNames = secretOutputNames(definition, inputs.secretNames);
  const response = new CreateResponse();
  if (request.getPreview()) {
    const step = { definition, urn: request.getUrn(), timeoutSeconds: request.getTimeout() };
    const shown = await runPreview(host, scope, step, inputs.values, undefined);
    response.setProperties(encodeProperties(shown, secretNames));
    return response;
  }
  const seconds = request.getTimeout();
  const call = scope.call(await host.client(), request.getUrn(), seconds);
  call.signal.throwIfAborted();
  const made = await keepIncomplete(secretNames, () =>
    scope.wait("create", seconds, definition.create(call, inputs.values)),
  );
  response.setId(made.id);
  response.setProperties(encodeProperties(made.state, secretNames));
  return response;
}

/** Update in place, or what of its outcome a preview can tell. */
export async function updateResource<Client>(
  host: PluginHost<Client>,
  request: UpdateRequest,
  scope: CallScope,
): Promise<UpdateResponse> {
  const { type } = parseUrn(request.getUrn());
  const definition = resourceOf(host.definition, type);
  const olds = decodeProperties(request.getOlds());
  const oldInputs = decodeProperties(request.getOldInputs());
  const inputs = decodeProperties(request.getNews());
  [olds, oldInputs, inputs].forEach((bag) => scope.redactor.learn(bag, definition.properties));
  const secretNames = secretOutputNames(definition, inputs.secretNames);
  const old = { id: request.getId(), state: olds.values };
  const response = new UpdateResponse();
  if (request.getPreview()) {
    const step = { definition, urn: request.getUrn(), timeoutSeconds: request.getTimeout() };
    const shown = await runPreview(host, scope, step, inputs.values, old);
    response.setProperties(encodeProperties(shown, secretNames));
    return response;
  }
  const update = definition.update?.bind(definition);
  if (update === undefined) throw new RefusedError(`${type} cannot be updated in place: replace it`);
  const seconds = request.getTimeout();
  const call = scope.call(await host.client(), request.getUrn(), seconds);
  call.signal.throwIfAborted();
  const state = await keepIncomplete(secretNames, () =>
    scope.wait("update", seconds, update(call, { ...old, inputs: oldInputs.values }, inputs.values)),
  );
  response.setProperties(encodeProperties(state, secretNames));
  return response;
}

/** Delete. A resource without a handler has nothing outside the state. */
export async function deleteResource<Client>(
  host: PluginHost<Client>,
  request: DeleteRequest,
  scope: CallScope,
): Promise<Empty> {
  const definition = resourceOf(host.definition, parseUrn(request.getUrn()).type);
  const olds = decodeProperties(request.getProperties());
  scope.redactor.learn(olds, definition.properties);
  scope.redactor.learn(decodeProperties(request.getOldInputs()), definition.properties);
  if (definition.delete !== undefined) {
    const seconds = request.getTimeout();
    const call = scope.call(await host.client(), request.getUrn(), seconds);
    call.signal.throwIfAborted();
    await scope.wait("delete", seconds, definition.delete(call, { id: request.getId(), state: olds.values }));
  }
  return new Empty();
}

/** Lets an InitializationError keep the secrets of the state that it carries. */
export async function keepIncomplete<Result>(
  secretNames: ReadonlySet<string>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InitializationError ? new IncompleteError(error, secretNames) : error;
  }
}
