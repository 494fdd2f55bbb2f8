/** How long `berth run` takes until a developer's app answers 200 through the proxy. */
import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { projectRoot } from "../../scripts/lib/paths";
import { table } from "../../scripts/lib/table";
import type { Leftovers } from "../lib/cleanup";
import { DevStack } from "../lib/dev-stack";
import { inTurn, type Contender } from "../lib/rounds";
import { median, percentile, range } from "../lib/statistics";
import { BenchLaptop } from "./bench-laptop";

const APP = "shop";
/** What is asked of a warm run: its image and its source are on the host. */
const LIMITS = { p50Seconds: 1.5, p95Seconds: 3 };

const fact = z.object({
  action: z.string(),
  reachable: z.literal(true),
  milliseconds: z.number(),
  phases: z.record(z.string(), z.number()),
});

type Fact = z.output<typeof fact>;

/** Brings a stack of its own up, with one developer and the example app of a database. */
export async function measureRun(rounds: number, leftovers: Leftovers): Promise<string> {
  process.stderr.write("→ bring a dev stack up that lets developers in\n");
  const stack = await DevStack.up(leftovers, async (checkout) => {
    checkout.configure("apps", []);
    checkout.configure("registry", { enabled: false });
    await checkout.letDevelopersIn();
  });
  const laptop = await BenchLaptop.onboard(stack, "01", leftovers);
  fs.cpSync(path.join(projectRoot, "examples", APP), laptop.folderOf(APP), {
    recursive: true,
    filter: (file) => path.basename(file) !== "node_modules",
  });
  process.stderr.write("→ the first run: image, source, database\n");
  const first = await run(laptop);

  const kinds = contenders(laptop);
  const measured = await inTurn(
    rounds,
    kinds.map(({ contender }) => contender),
  );
  return [
    `berth run ${APP} --reload, until it answers 200 through the proxy`,
    `(the first one, with its image to build: ${(first.milliseconds / 1_000).toFixed(1)} s)`,
    timesTable(measured.map(({ what, seconds }) => [what, seconds])),
    "",
    "Its phases, which overlap, in milliseconds (median):",
    phasesTable(kinds.map(({ contender, facts }) => [contender.what, facts])),
  ].join("\n");
}

interface Kind {
  contender: Contender;
  facts: Fact[];
}

function contenders(laptop: BenchLaptop): Kind[] {
  const kind = (what: string, action: string, prepare?: () => Promise<void>): Kind => {
    const facts: Fact[] = [];
    const contender: Contender = {
      what,
      prepare,
      run: async () => {
        const startedMs = performance.now();
        const told = await run(laptop);
        const seconds = (performance.now() - startedMs) / 1_000;
        if (told.action !== action)
          throw new Error(`${what}: the container was ${told.action}, not ${action}`);
        facts.push(told);
        return seconds;
      },
    };
    return { contender, facts };
  };
  const manifest = path.join(laptop.folderOf(APP), "berth.yaml");
  const original = fs.readFileSync(manifest, "utf8");
  let count = 0;
  return [
    kind("stopped: warm, it has to be started", "started", async () => {
      await laptop.berth("stop", APP);
    }),
    kind("changed: its container is replaced", "replaced", () => {
      count += 1;
      fs.writeFileSync(manifest, original.replace("pids: 256", `pids: ${256 + count}`));
      return Promise.resolve();
    }),
    kind("unchanged: it runs already", "kept"),
  ];
}

async function run(laptop: BenchLaptop): Promise<Fact> {
  return fact.parse(JSON.parse(await laptop.berth("run", APP, "--reload", "--json")));
}

function timesTable(rows: [string, number[]][]): string {
  return table(
    [
      "what",
      "p50 s",
      "p95 s",
      "least",
      "most",
      "rounds",
      `p50 <= ${LIMITS.p50Seconds}, p95 <= ${LIMITS.p95Seconds}`,
    ],
    rows.map(([what, seconds]) => {
      const [p50, p95] = [median(seconds), percentile(seconds, 95)];
      const { least, most } = range(seconds);
      const isMet = p50 <= LIMITS.p50Seconds && p95 <= LIMITS.p95Seconds;
      const times = [p50, p95, least, most].map((value) => value.toFixed(2));
      return [what, ...times, String(seconds.length), isMet ? "yes" : "NO"];
    }),
  );
}

function phasesTable(rows: [string, Fact[]][]): string {
  const names = ["session", "server", "image", "access", "sync", "container", "healthy", "route"];
  return table(
    ["what", ...names, "in all"],
    rows.map(([what, facts]) => [
      what.split(":")[0] ?? what,
      ...names.map((name) => median(facts.map(({ phases }) => phases[name] ?? 0)).toFixed(0)),
      median(facts.map(({ milliseconds }) => milliseconds)).toFixed(0),
    ]),
  );
}
