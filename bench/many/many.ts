import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { table } from "../../scripts/lib/table";
import { sharedName, type Scope } from "../../spec/names";
import type { Leftovers } from "../lib/cleanup";
import { requirementsTable, timesTable } from "../lib/comparison";
import type { DevStack } from "../lib/dev-stack";
import { Crowd } from "./crowd";
import { idleShare, memoryOf } from "./usage";

const APPS = 200;
const NUMBERS = Array.from({ length: APPS }, (_, index) => index + 1);
/** Containers and routes are there, and what their start set off is over. */
const SETTLE_SECONDS = 15;
const IDLE_SECONDS = 30;

/** Many idle apps in a dev stack: whether all are reached, what they cost, and whether one more starts as quickly as the first. */
export async function measureMany(
  stack: DevStack,
  docker: Docker,
  rounds: number,
  leftovers: Leftovers,
): Promise<string> {
  const scope: Scope = { prefix: stack.checkout.namePrefix, environment: "dev" };
  const outputs = await stack.outputs();
  const own = [...Object.values(outputs.serviceContainers), ...Object.values(outputs.appContainers)];
  const home = { docker, scope, network: outputs.networkName, image: sharedName(scope, "runtime-node") };
  const crowd = new Crowd(home, outputs.proxyUrl);
  leftovers.add("the idle apps", () => crowd.remove([...NUMBERS, APPS + 1]));

  const first = await crowd.startOften(1, rounds);
  const idleAlone = await settledIdleShare();
  process.stderr.write(`  starting ${APPS} apps\n`);
  const fillSeconds = await crowd.fill(NUMBERS);
  const answers = await crowd.countAnswers(NUMBERS);
  const idleCrowded = await settledIdleShare();
  const appsMebibytes = await memoryOf(
    docker,
    NUMBERS.map((number) => crowd.nameOf(number)),
  );
  const ownMebibytes = await memoryOf(docker, own);
  const last = await crowd.startOften(APPS + 1, rounds);

  return [
    `${APPS} idle app containers beside the ${own.length} containers of a dev stack`,
    timesTable([first.start, last.start, first.answer, last.answer]),
    "",
    requirementsTable([
      { what: `container ${APPS + 1} / container 1, it runs`, of: last.start, by: first.start, atMost: 1.5 },
      { what: `container ${APPS + 1} / container 1, its route answers`, of: last.answer, by: first.answer },
    ]),
    "",
    table(
      ["what", "value"],
      [
        ["routes that answer 200", `${answers} of ${APPS}`],
        [`start of all ${APPS}`, `${fillSeconds.toFixed(0)} s`],
        ["CPU idle, dev stack alone", percent(idleAlone)],
        [`CPU idle, with ${APPS} apps`, percent(idleCrowded)],
        ["memory, dev stack", inMebibytes(ownMebibytes)],
        [`memory, ${APPS} apps`, `${inMebibytes(appsMebibytes)}, ${inMebibytes(appsMebibytes / APPS)} each`],
      ],
    ),
    "",
    "Most memory of a process during the dev stack's first up",
    table(
      ["process", "most"],
      stack.peaks.map(({ what, mebibytes }) => [what, inMebibytes(mebibytes)]),
    ),
  ].join("\n");
}

async function settledIdleShare(): Promise<number> {
  await sleep(SETTLE_SECONDS * 1000);
  return idleShare(IDLE_SECONDS);
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const inMebibytes = (value: number): string => `${value.toFixed(0)} MiB`;
