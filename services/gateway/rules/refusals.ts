import type { Refusal } from "./types";

/** Ends a decision from anywhere inside it; `createRules` turns it into the Refusal that it carries. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
    this.name = "Refused";
  }
}

/** Ends the decision with this status, reason code and message. */
export function refuse(status: number, reason: string, message: string, object?: string): never {
  throw new Refused({ kind: "refusal", status, reason, message, object });
}

/** A field, parameter or header that must not reach the engine; `where` is its full path. */
export function refuseField(where: string, why: string): never {
  return refuse(403, "field-not-allowed", `${where}: ${why}`);
}

/** A request that is no well-formed request of the Engine API. */
export function malformed(message: string): never {
  return refuse(400, "malformed", message);
}

/**
 * The engine's own words for what does not exist. The gateway answers so for what is absent and for what is another's: who asks
 * cannot tell the two apart.
 */
export const absent = {
  container: (reference: string): never =>
    refuse(404, "not-found", `No such container: ${reference}`, `container ${reference}`),
  exec: (id: string): never => refuse(404, "not-found", `No such exec instance: ${id}`, `exec ${id}`),
  network: (reference: string): never =>
    refuse(404, "not-found", `network ${reference} not found`, `network ${reference}`),
  volume: (name: string): never => refuse(404, "not-found", `get ${name}: no such volume`, `volume ${name}`),
  image: (reference: string): never =>
    refuse(404, "not-found", `No such image: ${reference}`, `image ${reference}`),
};
