import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { Audit } from "../audit/audit";
import type { AuditRecord } from "../audit/record";
import type { Metrics } from "../metrics";
import type { Caller, Refusal } from "../rules/types";

/** One request's story, as the audit log and the metrics tell it, and what has to end with it. */
export class Exchange {
  readonly id = randomUUID();
  caller: Caller | undefined;
  /** The rule's route; empty until one is reached. */
  route = "";
  object = "";
  private readonly startedMs = performance.now();
  private readonly address: string;
  private readonly endings: ((refusal: Refusal) => void)[] = [];
  private stage: "new" | "begun" | "over" = "new";
  private cutBy: Refusal | undefined;
  private status: number | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly socket: TLSSocket,
    private readonly audit: Audit,
    private readonly metrics: Metrics,
  ) {
    this.address = `${socket.remoteAddress ?? ""}:${socket.remotePort ?? ""}`;
  }

  /** Whether nobody waits for the answer any more. */
  get gone(): boolean {
    return this.cutBy !== undefined || this.socket.destroyed;
  }

  /**
   * The request is let through; to be called before anything of it reaches the engine.
   * @throws AuditUnavailable
   */
  begin(object: string): void {
    this.object = object;
    this.write("begun", "allow");
    this.stage = "begun";
    this.metrics.decided(this.route, "allow");
  }

  /**
   * The request is not let through, or broken off by the rules.
   * @throws AuditUnavailable
   */
  refuse({ status, reason, object }: Refusal): void {
    this.object = object ?? this.object;
    this.stage = "over";
    this.metrics.decided(this.route, "refuse", reason);
    this.write("refused", "refuse", { status, reason });
  }

  /** The engine answered; the status is the caller's too unless something goes wrong after. */
  answered(status: number): void {
    this.status = status;
    this.metrics.answered(this.route, this.durationMs);
  }

  /**
   * Nothing of the request is left; may be called more than once.
   * @throws AuditUnavailable
   */
  end(): void {
    if (this.stage !== "begun") return;
    this.stage = "over";
    this.write("ended", "allow", { status: this.status });
  }

  /** Something that must stop when the request is taken away from its caller. */
  onCut(ending: (refusal: Refusal) => void): void {
    if (this.cutBy === undefined) this.endings.push(ending);
    else ending(this.cutBy);
  }

  /**
   * Takes the request away from its caller.
   * @throws AuditUnavailable, after it was taken away
   */
  cut(refusal: Refusal): void {
    if (this.cutBy !== undefined) return;
    this.cutBy = refusal;
    for (const ending of this.endings) ending(refusal);
    this.metrics.cut(refusal.reason);
    this.write("cut", "refuse", { reason: refusal.reason });
  }

  private get durationMs(): number {
    return performance.now() - this.startedMs;
  }

  private write(
    event: AuditRecord["event"],
    decision: AuditRecord["decision"],
    outcome: { status?: number; reason?: string } = {},
  ): void {
    this.audit.write({
      ...{ time: new Date().toISOString(), id: this.id, event },
      developerId: this.caller?.developerId ?? "",
      role: this.caller?.role ?? "",
      serial: this.caller?.serial ?? "",
      ...{ method: this.request.method ?? "", route: this.route, object: this.object, decision },
      ...outcome,
      ...(event === "begun" ? {} : { durationMs: Math.round(this.durationMs * 10) / 10 }),
      address: this.address,
    });
  }
}
