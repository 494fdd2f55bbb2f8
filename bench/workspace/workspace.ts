/** How long it takes from `berth workspace create` to the editor in a browser. */
import type { Browser } from "playwright-core";
import { z } from "zod";
import { table } from "../../scripts/lib/table";
import { Editor, startBrowser } from "../../test/support/editor";
import type { Checkout } from "../../test/support/checkout";
import type { Leftovers } from "../lib/cleanup";
import { DevStack } from "../lib/dev-stack";
import { inTurn, type Contender } from "../lib/rounds";
import { median, percentile, range } from "../lib/statistics";
import { BenchLaptop } from "../run/bench-laptop";

const NAME = "mine";
const LIMIT_P50_SECONDS = 10;

const fact = z.object({
  action: z.string(),
  url: z.string(),
  milliseconds: z.number(),
  phases: z.record(z.string(), z.number()),
});
type Fact = z.output<typeof fact>;

/** What one round took, in milliseconds. */
interface Round {
  fact: Fact;
  /** From the start of the command to its end. */
  commandMs: number;
  /** From there until the editor shows its folder: password, page, its own extensions' host. */
  pageMs: number;
}

/**
 * Brings a stack of its own up, with the whole image and one developer. WORKSPACE_IMAGE names an image that is there already, to spare
 * its build.
 */
export async function measureWorkspace(rounds: number, leftovers: Leftovers): Promise<string> {
  process.stderr.write("→ bring a dev stack up with the image of workspaces\n");
  const stack = await DevStack.up(leftovers, async (checkout) => {
    checkout.configure("apps", []);
    checkout.configure("registry", { enabled: false });
    checkout.configure("workspaces", { image: await imageOf(checkout) });
    await checkout.letDevelopersIn();
  });
  const laptop = await BenchLaptop.onboard(stack, "01", leftovers);
  const browser = await startBrowser();
  leftovers.add("the browser", () => browser.close());
  const kinds = contenders(laptop, browser);
  const measured = await inTurn(
    rounds,
    kinds.map(({ contender }) => contender),
  );
  return [
    "berth workspace create, until the editor shows its folder in a browser that runs already",
    timesTable(measured.map(({ what, seconds }) => [what, seconds])),
    "",
    "Its phases, of which healthy and route overlap, in milliseconds (median):",
    phasesTable(kinds.map(({ contender, told }) => [contender.what, told])),
  ].join("\n");
}

/** Under a name of the stack's own, since its purge removes what it has run. */
async function imageOf(checkout: Checkout): Promise<string> {
  const built = process.env.WORKSPACE_IMAGE;
  if (built === undefined) return "build";
  const name = `${checkout.namePrefix}-dev-workspace:latest`;
  const { exitCode, stderr } = await checkout.run("docker", ["tag", built, name]);
  if (exitCode !== 0) throw new Error(`WORKSPACE_IMAGE=${built} is not on the engine: ${stderr.trim()}`);
  return name;
}

interface Kind {
  contender: Contender;
  told: Round[];
}

function contenders(laptop: BenchLaptop, browser: Browser): Kind[] {
  const kind = (what: string, action: string, reset?: () => Promise<void>): Kind => {
    const told: Round[] = [];
    const run = async (): Promise<number> => {
      const round = await createAndOpen(laptop, browser);
      if (round.fact.action !== action)
        throw new Error(`${what}: the container was ${round.fact.action}, not ${action}`);
      told.push(round);
      return (round.commandMs + round.pageMs) / 1_000;
    };
    return { contender: { what, run, reset }, told };
  };
  const destroy = async (...words: string[]): Promise<void> => {
    await laptop.berth("workspace", "destroy", NAME, "--yes", ...words);
  };
  return [
    kind("new: with an empty volume", "created", () => destroy()),
    kind("again: its volume is there", "created", () => destroy("--delete-data")),
  ];
}

async function createAndOpen(laptop: BenchLaptop, browser: Browser): Promise<Round> {
  const startedMs = performance.now();
  const made = fact.parse(JSON.parse(await laptop.berth("workspace", "create", NAME, "--json")));
  const commandMs = performance.now() - startedMs;
  const password = await laptop.berth("secrets", "get", "editor-password", "--app", NAME);
  const openedMs = performance.now();
  const editor = await Editor.open(browser, made.url, password.trim(), "/workspace/projects");
  const pageMs = performance.now() - openedMs;
  await editor.close();
  return { fact: made, commandMs, pageMs };
}

function timesTable(rows: [string, number[]][]): string {
  return table(
    ["what", "p50 s", "p95 s", "least", "most", "rounds", `p50 <= ${LIMIT_P50_SECONDS}`],
    rows.map(([what, seconds]) => {
      const { least, most } = range(seconds);
      const times = [median(seconds), percentile(seconds, 95), least, most].map((value) => value.toFixed(2));
      return [what, ...times, String(seconds.length), median(seconds) <= LIMIT_P50_SECONDS ? "yes" : "NO"];
    }),
  );
}

function phasesTable(rows: [string, Round[]][]): string {
  const names = ["session", "server", "look", "container", "healthy", "route"];
  return table(
    ["what", ...names, "command in all", "page"],
    rows.map(([what, rounds]) => [
      what.split(":")[0] ?? what,
      ...names.map((name) => median(rounds.map(({ fact: { phases } }) => phases[name] ?? 0)).toFixed(0)),
      median(rounds.map(({ commandMs }) => commandMs)).toFixed(0),
      median(rounds.map(({ pageMs }) => pageMs)).toFixed(0),
    ]),
  );
}
