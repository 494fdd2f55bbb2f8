/** What the gateway did with a request. */
export type Decision = "allow" | "refuse";

/**
 * One line of the audit log. A request that is let through has two lines with the same `id`: `begun`, written before anything reaches
 * the engine, and `ended` with status and duration; a refused one has `refused` alone; one whose stream was taken away from its
 * caller has `cut` with the reason before `ended`. Never a body, a query or a header.
 */
export interface AuditRecord {
  /** ISO 8601, UTC. */
  time: string;
  /** The same for all lines of one request. */
  id: string;
  event: "begun" | "ended" | "refused" | "cut";
  /** Empty where the certificate proved nothing. */
  developerId: string;
  role: string;
  serial: string;
  method: string;
  /** The rule's route such as `POST /containers/{id}/start`; empty where no rule was reached. */
  route: string;
  /** What it was about, such as `container berth-dev-01-shop`. */
  object: string;
  decision: Decision;
  /** Short code: why it was refused or cut. */
  reason?: string;
  /** HTTP status of the answer. */
  status?: number;
  /** From the request's arrival to its end. */
  durationMs?: number;
  /** Address and port of the caller's side of the connection. */
  address: string;
}
