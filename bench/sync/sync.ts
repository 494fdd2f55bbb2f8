import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { table } from "../../scripts/lib/table";
import { SyncLab } from "../../test/cli/sync-lab";
import { findCompose } from "../up/compose";
import { requirementsTable, timesTable } from "../lib/comparison";
import type { Leftovers } from "../lib/cleanup";
import { BerthTree } from "./berth";
import { composeWatch } from "./compose-watch";
import { hotEdits, percentile, type EditedTree } from "./hot-edits";
import { syncthing } from "./syncthing";
import { makeTree } from "./tree";

const SMALL = 10_000;
const LARGE = 50_000;
const EDITS = 40;
const MOST_ROUNDS = 10;

/** What hot edits are to take in a tree of {@link SMALL} files, in milliseconds. */
const HOT_P50_MS = 150;
const HOT_P95_MS = 500;
/** First sync against tar and docker cp. */
const FIRST_SYNC_RATIO = 1.3;

/** How quick an edit is in the container, and how long a first sync takes; beside others on the same tree. */
export async function measureSync(
  { rounds, compose, image }: { rounds: number; compose: string | undefined; image: string },
  leftovers: Leftovers,
): Promise<string> {
  const lab = await SyncLab.start();
  leftovers.add("the lab of sync", () => lab.dispose());
  const laptop = await lab.laptop("01");
  const first = { what: `first sync of ${SMALL} files`, seconds: [] as number[] };
  const copied = { what: "tar | docker cp of the same", seconds: [] as number[] };
  const edits: string[][] = [];
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
    const tree = await BerthTree.make(laptop, `small-${round}`, SMALL);
    first.seconds.push(tree.firstSyncSeconds);
    copied.seconds.push(await tree.byDockerCp());
    if (round === 0) edits.push(await row(`berth, ${SMALL} files`, await tree.edited(lab)));
    await laptop.succeed("pause", tree.app);
  }
  const large = await BerthTree.make(laptop, "large", LARGE);
  edits.push(await row(`berth, ${LARGE} files`, await large.edited(lab)));
  await laptop.succeed("pause", large.app);
  edits.push(...(await others({ compose, image }, leftovers)));
  return [
    `Hot edits, another file each time (asked of berth with ${SMALL} files: p50 <= ${HOT_P50_MS} ms, p95 <= ${HOT_P95_MS} ms)`,
    table(["what", "p50 ms", "p95 ms", "least", "most", "edits"], edits),
    timesTable([first, copied]),
    requirementsTable([
      { what: "first sync against tar | docker cp", of: first, by: copied, atMost: FIRST_SYNC_RATIO },
    ]),
  ].join("\n\n");
}

async function others(
  { compose: given, image }: { compose: string | undefined; image: string },
  leftovers: Leftovers,
): Promise<string[][]> {
  const compose = await findCompose(given);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-sync-bench-"));
  leftovers.add("the trees of others", () => fs.rmSync(folder, { recursive: true, force: true }));
  const make = (name: string): { folder: string; source: string; names: string[] } => {
    const source = path.join(folder, name);
    return { folder, source, names: makeTree(source, SMALL) };
  };
  const rows: string[][] = [];
  const measure = async (what: string, start: () => Promise<EditedTree>): Promise<void> => {
    try {
      rows.push(await row(what, await start()));
    } catch (error) {
      rows.push([what, `not measured: ${(error as Error).message.split("\n")[0]}`]);
    }
  };
  if (compose === undefined)
    rows.push(["docker compose watch", "not measured: there is none of version 2 (COMPOSE=…)"]);
  else {
    await measure(`docker compose watch, ${SMALL} files, no gateway`, () =>
      composeWatch(compose, image, make("compose"), leftovers),
    );
  }
  await measure(`Syncthing, ${SMALL} files, same machine, its shortest delay`, () =>
    syncthing(make("syncthing"), leftovers),
  );
  return rows;
}

async function row(what: string, tree: EditedTree): Promise<string[]> {
  const times = await hotEdits(tree, EDITS);
  const figures = [
    percentile(times, 0.5),
    percentile(times, 0.95),
    times[0] ?? NaN,
    times[times.length - 1] ?? NaN,
  ];
  return [what, ...figures.map((figure) => figure.toFixed(0)), String(times.length)];
}
