import * as grpc from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { AnalyzerStackConfigureRequest } from "@pulumi/pulumi/proto/analyzer_pb";
import { CHANNEL_OPTIONS } from "./engine-connection";

type RawService = Record<string, grpc.MethodDefinition<Buffer, Buffer>>;
type RawHandler = grpc.handleUnaryCall<Buffer, Buffer>;

const NOTHING = Buffer.alloc(0);
const unchanged = (bytes: Buffer): Buffer => bytes;

/** The analyzer service without decoding: what this host does not answer itself passes through as it came. */
const rawAnalyzer: RawService = Object.fromEntries(
  Object.entries(AnalyzerService).map(
    ([name, { path, requestStream, responseStream }]: [string, RawService[string]]) => [
      name,
      {
        path,
        requestStream,
        responseStream,
        requestSerialize: unchanged,
        requestDeserialize: unchanged,
        responseSerialize: unchanged,
        responseDeserialize: unchanged,
      },
    ],
  ),
);

/**
 * Answers the engine in place of a policy pack that is not running yet. Packs read the stack's name and configuration from
 * their environment when they start, but the engine only sends them afterwards: so the pack starts once they are known,
 * and from then on every call passes through to it. Source: pulumi/analyzer.proto.
 */
export class PolicyProxy {
  private readonly server = new grpc.Server(CHANNEL_OPTIONS);
  private readonly configuration = deferred<AnalyzerStackConfigureRequest | undefined>();
  private readonly pack = deferred<grpc.Client>();

  /** Starts listening on the loopback interface and returns the port. */
  async start(): Promise<number> {
    const forwarded = Object.entries(rawAnalyzer).map(([name, method]) => [name, this.forward(method)]);
    const own: Record<string, RawHandler> = {
      handshake: (_call, respond) => respond(null, NOTHING),
      configureStack: (call, respond) => {
        this.configuration.resolve(AnalyzerStackConfigureRequest.deserializeBinary(call.request));
        respond(null, NOTHING);
      },
    };
    this.server.addService(rawAnalyzer, { ...(Object.fromEntries(forwarded) as typeof own), ...own });
    return new Promise((resolve, reject) =>
      this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
  }

  /** The stack's configuration; undefined where the engine asks about the pack without any stack (`pulumi policy publish`). */
  awaitConfiguration(): Promise<AnalyzerStackConfigureRequest | undefined> {
    return this.configuration.promise;
  }

  /** Passes all calls on to the pack that listens on this port, the waiting ones first. */
  attach(port: number): void {
    this.pack.resolve(
      new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), CHANNEL_OPTIONS),
    );
  }

  /** Fails all waiting calls: the pack could not start. */
  fail(reason: string): void {
    this.pack.reject(new Error(reason));
  }

  close(): void {
    this.server.forceShutdown();
  }

  private forward(method: RawService[string]): RawHandler {
    return (call, respond) => {
      this.configuration.resolve(undefined);
      this.pack.promise.then(
        (pack) => {
          const passedOn = pack.makeUnaryRequest(
            method.path,
            unchanged,
            unchanged,
            call.request,
            call.metadata,
            (error, value) => respond(error, value),
          );
          call.on("cancelled", () => passedOn.cancel());
        },
        (error: Error) => respond({ code: grpc.status.UNAVAILABLE, details: error.message }),
      );
    };
  }
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // A pack may fail before anyone asks for it; those who ask later still see the rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
