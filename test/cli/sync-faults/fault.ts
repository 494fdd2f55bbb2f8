import type { FaultLaptop } from "./fault-laptop";

/** Something that goes wrong for a time. */
export interface Fault {
  /** Such as "network cut": what is counted together. */
  kind: string;
  /** With what makes this one different from others of its kind. */
  name: string;
  lastsMs: number;
  /** Begins it. @returns what ends it. */
  begin: (laptop: FaultLaptop) => Promise<() => Promise<void> | void> | (() => Promise<void> | void);
  /** Runs after the edits of both sides. @returns what is not as it must be meanwhile. */
  meanwhile?: (laptop: FaultLaptop, round: Round) => Promise<string[]>;
}

/** One disturbance of a laptop. */
export interface Round {
  number: number;
  /** Each file's SHA-256, as both sides are to have it in the end. */
  expected: Map<string, string>;
}

/** How one disturbance went. */
export interface FaultOutcome {
  /** From its end until both sides were the same. */
  backMs: number;
  /** What is not as it must be; empty where all is well. */
  problems: string[];
}
