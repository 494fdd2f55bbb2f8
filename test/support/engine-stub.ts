import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

/** A line that a plugin sent to the engine. */
export interface LoggedLine {
  severity: "debug" | "info" | "warning" | "error";
  message: string;
  urn: string;
  /** Shown in the resource's info column only. */
  status: boolean;
}

const SEVERITY = {
  [LogSeverity.DEBUG]: "debug",
  [LogSeverity.INFO]: "info",
  [LogSeverity.WARNING]: "warning",
  [LogSeverity.ERROR]: "error",
} as const;

/** The log half of the engine's gRPC service, listening for real. */
export async function startEngineStub(): Promise<{
  address: string;
  lines: LoggedLine[];
  close(): void;
}> {
  const lines: LoggedLine[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, respond: grpc.sendUnaryData<Empty>) => {
      const { request } = call;
      lines.push({
        severity: SEVERITY[request.getSeverity()],
        message: request.getMessage(),
        urn: request.getUrn(),
        status: request.getEphemeral(),
      });
      respond(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, lines, close: () => server.forceShutdown() };
}
