import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { IssuingAuthority } from "./certificates/authority";

/** What Prometheus may ask for. No developer, no address: who may read metrics need not know who works here. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: "berth_onboarding_request_seconds",
    help: "Duration of answered requests.",
    labelNames: ["route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1, 5, 10],
    registers: [this.registry],
  });
  private readonly issued = new Counter({
    name: "berth_onboarding_certificates_total",
    help: "Certificates given, by how they were asked for.",
    labelNames: ["action"],
    registers: [this.registry],
  });
  private readonly refused = new Counter({
    name: "berth_onboarding_refusals_total",
    help: "Requests refused, by the answer's code.",
    labelNames: ["code"],
    registers: [this.registry],
  });

  constructor({ certificate }: IssuingAuthority) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: "berth_onboarding_issuing_certificate_end_seconds",
      help: "End of the issuing CA's certificate, in seconds since 1970.",
      registers: [this.registry],
    }).set(new Date(certificate.validTo).getTime() / 1_000);
  }

  answered(route: string, status: number, seconds: number): void {
    this.requests.observe({ route, status: String(status) }, seconds);
  }

  gave(action: "issue" | "renew"): void {
    this.issued.inc({ action });
  }

  refusedWith(code: string): void {
    this.refused.inc({ code });
  }
}
