import { table } from "../../scripts/lib/table";
import { median, range } from "./statistics";

/** One thing that was measured, round by round. */
export interface Measured {
  what: string;
  /** One for each round. */
  seconds: number[];
}

/** One that could not be, and why. */
export interface NotMeasured {
  what: string;
  reason: string;
}

export type Row = Measured | NotMeasured;

/** What is asked of two of them. */
export interface Requirement {
  what: string;
  /** Their medians are divided: `of` by `by`. */
  of: Row;
  by: Row;
  /** Largest ratio that will do. */
  atMost?: number;
  /** Smallest ratio that will do. */
  atLeast?: number;
}

const isMeasured = (row: Row): row is Measured => "seconds" in row;

/** Times in seconds, one row for each thing. */
export function timesTable(rows: Row[]): string {
  return table(
    ["what", "median s", "least", "most", "rounds"],
    rows.map((row) => {
      if (!isMeasured(row)) return [row.what, `not measured: ${row.reason}`];
      const { least, most } = range(row.seconds);
      const times = [median(row.seconds), least, most].map((seconds) => seconds.toFixed(2));
      return [row.what, ...times, String(row.seconds.length)];
    }),
  );
}

/** What is asked, what was found, and whether it is met. */
export function requirementsTable(requirements: Requirement[]): string {
  return table(
    ["asked", "ratio", "limit", "met"],
    requirements.map((requirement) => {
      const ratio = ratioOf(requirement);
      const limit = limitOf(requirement);
      return [
        requirement.what,
        typeof ratio === "number" ? ratio.toFixed(2) : ratio,
        limit,
        typeof ratio === "number" && limit !== "" ? (isMet(requirement, ratio) ? "yes" : "NO") : "",
      ];
    }),
  );
}

function ratioOf({ of, by }: Requirement): number | string {
  const missing = [of, by].find((row): row is NotMeasured => !isMeasured(row));
  if (missing !== undefined) return `not measured: ${missing.reason}`;
  return median((of as Measured).seconds) / median((by as Measured).seconds);
}

function limitOf({ atMost, atLeast }: Requirement): string {
  if (atMost !== undefined) return `<= ${atMost}`;
  return atLeast === undefined ? "" : `>= ${atLeast}`;
}

/** Judged as it is printed, with two decimals. */
function isMet({ atMost, atLeast }: Requirement, ratio: number): boolean {
  const printed = Number(ratio.toFixed(2));
  return (atMost === undefined || printed <= atMost) && (atLeast === undefined || printed >= atLeast);
}
