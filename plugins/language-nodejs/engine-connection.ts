import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Far beyond gRPC's 4 MB: states and stack configurations are sent as one message. */
export const CHANNEL_OPTIONS: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
};

/** The engine that started this host. */
export class EngineConnection {
  private readonly client: EngineClient;

  constructor(readonly address: string) {
    this.client = new EngineClient(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS);
  }

  /** Calls back once when nobody answers at the engine's address any more: a host must not outlive its engine. */
  onLost(callback: () => void): void {
    const channel = this.client.getChannel();
    const watch = (): void => {
      const state = channel.getConnectivityState(true);
      if (state === grpc.connectivityState.TRANSIENT_FAILURE) return callback();
      channel.watchConnectivityState(state, Infinity, (error) => {
        if (error === undefined) watch();
      });
    };
    watch();
  }

  /** Puts one line into the deployment's log. */
  log(message: string): Promise<void> {
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(message);
    return new Promise((resolve, reject) =>
      this.client.log(request, (error) => (error ? reject(error) : resolve())),
    );
  }
}
