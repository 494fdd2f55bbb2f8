import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

export type Severity = "debug" | "info" | "warning" | "error";

export interface LogLine {
  severity: Severity;
  message: string;
  /** The resource that the line belongs to; empty for the deployment as a whole. */
  urn: string;
  /** Shown in the resource's info column while it works, and not kept. */
  status: boolean;
}

const SEVERITY = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/**
 * Log lines to the engine, one after the other so that they stay in order. Without an engine, or when it does not answer,
 * lines go to standard error, which the engine shows when a plugin fails.
 */
export class EngineLog {
  #client: EngineClient | undefined;
  #sent: Promise<void> = Promise.resolve();

  /** Directs lines to the engine at `address` (`host:port`). */
  attach(address: string): void {
    this.#client?.close();
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  write(line: LogLine): void {
    this.#sent = this.#sent.then(() => this.#send(line));
  }

  /** Resolves when all lines so far have arrived. */
  flush(): Promise<void> {
    return this.#sent;
  }

  close(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  #send(line: LogLine): Promise<void> {
    const client = this.#client;
    if (client === undefined) {
      process.stderr.write(`${line.severity}: ${line.message}\n`);
      return Promise.resolve();
    }
    const request = new LogRequest();
    request.setSeverity(SEVERITY[line.severity]);
    request.setMessage(line.message);
    request.setUrn(line.urn);
    request.setEphemeral(line.status);
    return new Promise((resolve) => {
      client.log(request, (error) => {
        if (error) process.stderr.write(`${line.severity}: ${line.message} (engine: ${error.message})\n`);
        resolve();
      });
    });
  }
}
