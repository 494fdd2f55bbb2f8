import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** What the gauges show at the moment that somebody reads them. */
export interface Observed {
  openStreams(): number;
  revisionAgeMs(): number;
}

const DURATION_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** The gateway's numbers for Prometheus. Labels are routes and short codes, never a developer or an object. */
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Counter({
    name: "berth_gateway_requests_total",
    help: "Requests by route and by what was decided.",
    labelNames: ["route", "decision", "reason"],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: "berth_gateway_request_duration_seconds",
    help: "From a request's arrival to the engine's answer or the refusal.",
    labelNames: ["route"],
    buckets: DURATION_BUCKETS_SECONDS,
    registers: [this.registry],
  });
  private readonly cuts = new Counter({
    name: "berth_gateway_cut_requests_total",
    help: "Requests that were ended because their caller would not be let in any more.",
    labelNames: ["reason"],
    registers: [this.registry],
  });
  private readonly malformedRequests = new Counter({
    name: "berth_gateway_malformed_total",
    help: "Connections ended because what came was no HTTP request.",
    registers: [this.registry],
  });
  private readonly uncaught = new Counter({
    name: "berth_gateway_uncaught_errors_total",
    help: "Errors that no request owned; each is in the log.",
    registers: [this.registry],
  });

  constructor(observed: Observed) {
    collectDefaultMetrics({ register: this.registry });
    const gauge = (name: string, help: string, read: () => number): Gauge =>
      new Gauge({
        ...{ name, help, registers: [this.registry] },
        collect() {
          this.set(read());
        },
      });
    gauge("berth_gateway_open_streams", "Long-lived requests under way.", () => observed.openStreams());
    gauge(
      "berth_gateway_revision_age_seconds",
      "Time since the database last confirmed the identities; nobody is let in above 30.",
      () => observed.revisionAgeMs() / 1000,
    );
  }

  decided(route: string, decision: "allow" | "refuse", reason = ""): void {
    this.requests.inc({ route, decision, reason });
  }

  answered(route: string, durationMs: number): void {
    this.durations.observe({ route }, durationMs / 1000);
  }

  cut(reason: string): void {
    this.cuts.inc({ reason });
  }

  malformed(): void {
    this.malformedRequests.inc();
  }

  uncaughtError(): void {
    this.uncaught.inc();
  }
}
