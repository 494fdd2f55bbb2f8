import type * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

import { fromWire, type PlainProperties } from "./plugin-wire";

/** A failed call as the engine understands it. */
export class PluginError extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
    /** Set when the resource was made but is not right: what the engine then keeps in its state. */
    readonly incomplete?: { id: string; state: PlainProperties; inputs?: PlainProperties; reasons: string[] },
  ) {
    super(message);
  }
}

/** Reads a gRPC failure the way the engine does: the packed details decide what kind it is. */
export function readError(error: grpc.ServiceError): PluginError {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return new PluginError(error.code, error.details);
  const [detail] = Status.deserializeBinary(packed).getDetailsList();
  const failed = detail?.unpack(
    (bytes) => ErrorResourceInitFailed.deserializeBinary(bytes),
    "pulumirpc.ErrorResourceInitFailed",
  );
  if (!failed) return new PluginError(error.code, error.details);
  return new PluginError(error.code, error.details, {
    id: failed.getId(),
    state: fromWire(failed.getProperties()),
    ...(failed.hasInputs() && { inputs: fromWire(failed.getInputs()) }),
    reasons: failed.getReasonsList(),
  });
}
