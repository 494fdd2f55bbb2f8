import type * as grpc from "@grpc/grpc-js";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  GetSchemaResponse,
  ProviderHandshakeResponse,
  type CallRequest,
  type CallResponse,
  type CheckRequest,
  type CheckResponse,
  type ConfigureRequest,
  type ConfigureResponse,
  type CreateRequest,
  type CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  type DiffResponse,
  type GetSchemaRequest,
  type InvokeRequest,
  type InvokeResponse,
  type ProviderHandshakeRequest,
  type ReadRequest,
  type ReadResponse,
  type UpdateRequest,
  type UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import type { PluginHost } from "./host";
import { checkResource } from "./step-check";
import { checkConfig, configure, diffConfig } from "./step-configure";
import { diffResource } from "./step-diff";
import { invokeFunction, readResource } from "./step-read";
import { createResource, deleteResource, updateResource } from "./step-write";
import { notCovered } from "./tokens";
import { unary } from "./unary";

/**
 * The ResourceProvider service over a plugin's definition. Methods that are left out (Construct, Parameterize, GetMapping,
 * List) answer UNIMPLEMENTED, which the engine takes for "this plugin has none".
 */
export function providerService<Client>(host: PluginHost<Client>): Partial<IResourceProviderServer> {
  return { ...processMethods(host), ...configurationMethods(host), ...resourceMethods(host) };
}

function processMethods<Client>(host: PluginHost<Client>): grpc.UntypedServiceImplementation {
  const { definition } = host;
  return {
    handshake: unary<ProviderHandshakeRequest, ProviderHandshakeResponse, Client>(host, (request) => {
      if (request.getEngineAddress() !== "") host.log.attach(request.getEngineAddress());
      const response = new ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    attach: unary<PluginAttach, Empty, Client>(host, (request) => {
      host.log.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary<Empty, PluginInfo, Client>(host, () => {
      const info = new PluginInfo();
      info.setVersion(definition.version);
      return info;
    }),
    getSchema: unary<GetSchemaRequest, GetSchemaResponse, Client>(host, () => {
      const response = new GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: definition.name, version: definition.version }));
      return response;
    }),
    cancel: unary<Empty, Empty, Client>(host, () => {
      host.calls.cancel();
      return new Empty();
    }),
  };
}

function configurationMethods<Client>(host: PluginHost<Client>): grpc.UntypedServiceImplementation {
  return {
    checkConfig: unary<CheckRequest, CheckResponse, Client>(host, (request, scope) =>
      checkConfig(host, request, scope),
    ),
    diffConfig: unary<DiffRequest, DiffResponse, Client>(host, (request) => diffConfig(host, request)),
    configure: unary<ConfigureRequest, ConfigureResponse, Client>(host, (request, scope) =>
      configure(host, request, scope),
    ),
  };
}

function resourceMethods<Client>(host: PluginHost<Client>): grpc.UntypedServiceImplementation {
  return {
    check: unary<CheckRequest, CheckResponse, Client>(host, (request, scope) =>
      checkResource(host, request, scope),
    ),
    diff: unary<DiffRequest, DiffResponse, Client>(host, (request, scope) =>
      diffResource(host, request, scope),
    ),
    create: unary<CreateRequest, CreateResponse, Client>(host, (request, scope) =>
      createResource(host, request, scope),
    ),
    read: unary<ReadRequest, ReadResponse, Client>(host, (request, scope) =>
      readResource(host, request, scope),
    ),
    update: unary<UpdateRequest, UpdateResponse, Client>(host, (request, scope) =>
      updateResource(host, request, scope),
    ),
    delete: unary<DeleteRequest, Empty, Client>(host, (request, scope) =>
      deleteResource(host, request, scope),
    ),
    invoke: unary<InvokeRequest, InvokeResponse, Client>(host, (request, scope) =>
      invokeFunction(host, request, scope),
    ),
    call: unary<CallRequest, CallResponse, Client>(host, (request) => {
      throw notCovered(host.definition, "method", request.getTok(), []);
    }),
  };
}
