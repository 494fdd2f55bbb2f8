/** How long the developers' command takes to start, beside Node alone. */
import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { table } from "../../scripts/lib/table";
import { CLI, ensureBundle } from "../../scripts/toolchain-parts/bundles";
import { timedOrThrow } from "../lib/command";
import { requirementsTable, type Measured } from "../lib/comparison";
import { inTurn, type Contender } from "../lib/rounds";
import { median, range } from "../lib/statistics";

/** A start is quick, and each round cheap: many of them tell more than a busy moment hides. */
const ROUNDS_FOR_ONE = 3;

/** Loaded once before the clock starts, as it is for whoever uses it. */
const WARM_UP_ROUNDS = 2;

/** `berth --help`, as people type it, and what else they wait for without a server, beside `node -e 0`. */
export async function measureCli(rounds: number): Promise<string> {
  await ensureBundle(CLI);
  const berth = path.join(projectRoot, "bin", "berth");
  const contenders = [
    runs("node -e 0", process.execPath, ["-e", "0"]),
    runs("berth --help", berth, ["--help"]),
    runs("berth run --help", berth, ["run", "--help"]),
    runs("berth version", berth, ["version"]),
    runs("the tab key: berth complete -- ru", berth, ["complete", "--", "ru"]),
  ];
  await inTurn(WARM_UP_ROUNDS, contenders);
  const [node, help, ...others] = await inTurn(rounds * ROUNDS_FOR_ONE, contenders);
  if (!node || !help) throw new Error("a contender has no result");
  return [
    "The command's start",
    millisecondsTable([node, help, ...others]),
    "",
    requirementsTable([{ what: "berth --help / node -e 0", of: help, by: node, atMost: 1.5 }]),
  ].join("\n");
}

function runs(what: string, command: string, args: string[]): Contender {
  return { what, run: async () => (await timedOrThrow(command, args)).seconds };
}

function millisecondsTable(measured: Measured[]): string {
  const milliseconds = (seconds: number): string => (seconds * 1_000).toFixed(0);
  return table(
    ["what", "median ms", "least", "most", "rounds"],
    measured.map(({ what, seconds }) => {
      const { least, most } = range(seconds);
      return [what, ...[median(seconds), least, most].map(milliseconds), String(seconds.length)];
    }),
  );
}
