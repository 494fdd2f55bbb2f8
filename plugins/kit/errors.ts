import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A request that the plugin does not take, known before anything was touched: the engine need not doubt its state. */
export class RefusedError extends Error {}

/** What the engine keeps of a resource that was made but is not right. */
export interface IncompleteResource {
  id: string;
  properties: Struct;
  inputs: Struct | undefined;
  reasons: string[];
}

/** A failure of a call as gRPC sends it. UNKNOWN tells the engine that the resource may be half done. */
export function callFailure(error: unknown, redact: (text: string) => string): Partial<grpc.StatusObject> {
  const code = error instanceof RefusedError ? grpc.status.INVALID_ARGUMENT : grpc.status.UNKNOWN;
  return { code, details: redact(describe(error)) };
}

/**
 * The failure that makes the engine keep the resource in its state and fail the step: an ErrorResourceInitFailed packed
 * into the status that Go's gRPC reads from a trailer (source: provider_plugin.go `parseError`).
 */
export function incompleteFailure(incomplete: IncompleteResource): Partial<grpc.StatusObject> {
  const detail = new ErrorResourceInitFailed();
  detail.setId(incomplete.id);
  detail.setProperties(incomplete.properties);
  detail.setInputs(incomplete.inputs);
  detail.setReasonsList(incomplete.reasons);
  const packed = new Any();
  packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");

  const message = incomplete.reasons.join("\n");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(describe)].join("\n");
  return error.message || error.name;
}
