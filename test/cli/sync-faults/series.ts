import type { OwnEngine } from "../../support/own-engine";
import type { Fault } from "./fault";
import { daemonKilled, diskFull, engineRestart, gatewayRestart, networkCut, suspended } from "./faults";

const SHORTEST_SECONDS = 1;
const LONGEST_CUT_SECONDS = 300;
const LONGEST_SLEEP_SECONDS = 60;

/** A fault with what its edits are drawn from. */
export interface SeededFault extends Fault {
  seed: number;
}

export interface Series {
  /** Of one laptop each, the longest first; they disturb no other. */
  ofOneLaptop: SeededFault[];
  /** Of the gateway and the engine, which every laptop feels. */
  ofAll: SeededFault[];
}

/** So many faults of each kind. @throws Error for a kind that is none. */
export function series(asked: { count: number; firstSeed: number; kind: string; engine: OwnEngine }): Series {
  const { count, firstSeed, kind, engine } = asked;
  const same = (fault: Fault): Fault[] => Array.from({ length: count }, () => fault);
  const single = [
    ...lengths(count, LONGEST_CUT_SECONDS).map(networkCut),
    ...lengths(count, LONGEST_SLEEP_SECONDS).map(suspended),
    ...same(daemonKilled),
    ...same(diskFull),
  ];
  const all = [...same(gatewayRestart), ...same(engineRestart(engine))];
  const seeded = [...single, ...all].map((fault, index) => ({ ...fault, seed: firstSeed + index }));
  const chosen = seeded.filter((fault) => kind === "" || fault.kind === kind);
  if (chosen.length === 0) {
    const kinds = [...new Set(seeded.map((fault) => fault.kind))];
    throw new Error(`FAULT=${kind} is none: use one of ${kinds.join(", ")}`);
  }
  const isOfAll = ({ seed }: SeededFault): boolean => seed >= firstSeed + single.length;
  return {
    ofOneLaptop: chosen.filter((one) => !isOfAll(one)).sort((a, b) => b.lastsMs - a.lastsMs),
    ofAll: chosen.filter(isOfAll),
  };
}

/** As many short ones as long ones: each is so many times as long as the one before. */
function lengths(count: number, longest: number): number[] {
  const factor = (longest / SHORTEST_SECONDS) ** (1 / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? longest : SHORTEST_SECONDS * factor ** index,
  );
}
