import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

import { PluginHost } from "./host";
import { providerService } from "./service";
import type { PluginDefinition } from "./types";

/** The engine's own limit (rpcutil/serve.go): states with many resources' outputs pass gRPC's default of 4 MB. */
export const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** A plugin that listens. */
export interface PluginServer {
  /** TCP port on 127.0.0.1. */
  port: number;
  /** Aborts running calls and closes the port. */
  stop(): Promise<void>;
  /** No call is under way. */
  readonly idle: boolean;
}

/** Serves a plugin in this process. `engineAddress`: where log lines go, if known before the engine says so. */
export async function startServer<Client>(
  definition: PluginDefinition<Client>,
  engineAddress?: string,
): Promise<PluginServer> {
  const host = new PluginHost(definition);
  if (engineAddress !== undefined) host.log.attach(engineAddress);
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, providerService(host) as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    get idle() {
      return host.calls.idle;
    },
    stop: async () => {
      host.calls.cancel();
      await host.log.flush();
      host.log.close();
      server.forceShutdown();
    },
  };
}
