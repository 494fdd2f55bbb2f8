import type { Refusal } from "../rules/types";

/** A request that is under way, with all that hangs on it. */
export interface OpenRequest {
  developerId: string;
  /** Whether it is one of the long-lived ones that a developer may have only so many of. */
  stream: boolean;
  /** Why its caller would not be let in any more; undefined while the certificate is good. */
  problem(): Refusal | undefined;
  /** Ends it on both sides at once. */
  cut(refusal: Refusal): void;
}

/** How often it is asked whether the callers of open requests would still be let in: several times in the promised five seconds. */
const SWEEP_MS = 500;

/** Every request under way, so that a certificate's end is the end of everything that was begun with it. */
export class OpenRequests {
  private readonly requests = new Set<OpenRequest>();
  private readonly timer = setInterval(() => this.sweep(), SWEEP_MS);

  add(request: OpenRequest): void {
    this.requests.add(request);
  }

  delete(request: OpenRequest): void {
    this.requests.delete(request);
  }

  get size(): number {
    return this.requests.size;
  }

  /** Long-lived ones: of one developer, or of all. */
  streams(developerId?: string): number {
    let count = 0;
    for (const request of this.requests) {
      if (request.stream && (developerId === undefined || request.developerId === developerId)) count++;
    }
    return count;
  }

  /** Cuts what would not be let in any more. */
  sweep(): void {
    for (const request of [...this.requests]) {
      const problem = request.problem();
      if (problem !== undefined) request.cut(problem);
    }
  }

  /** Cuts everything, for the end of the process. */
  cutAll(refusal: Refusal): void {
    for (const request of [...this.requests]) request.cut(refusal);
  }

  close(): void {
    clearInterval(this.timer);
  }
}
