import type Docker from "dockerode";
import { PARALLELISM } from "../../scripts/lib/parallelism";
import type { Leftovers } from "../lib/cleanup";
import { requirementsTable, timesTable, type Row } from "../lib/comparison";
import { PulumiProject } from "../lib/pulumi-project";
import { inTurn, type Contender } from "../lib/rounds";
import { ComposeFleet, findCompose } from "./compose";
import { startByEngineApi } from "./engine-api";
import { assertRunning, describeFleet, removeFleet, type Fleet } from "./fleet";
import { fleetProgram } from "./fleet-program";

const CONTAINERS = 20;
/** undefined is Pulumi's own choice. */
const PARALLELISMS = [1, 2, 4, 8, 16, 32, undefined];
/** A sweep looks for the shape, not for the last percent. */
const MOST_SWEEP_ROUNDS = 3;
const NO_COMPOSE = "no docker compose here";

export interface UpSettings {
  docker: Docker;
  /** Image of all containers; it is there already. */
  image: string;
  rounds: number;
  /** Path of a docker compose, where it is not on PATH. */
  compose: string | undefined;
}

/** How long it takes until a number of prebuilt containers run on a network of their own: by Pulumi, by docker compose, by hand. */
export async function measureUp(settings: UpSettings, leftovers: Leftovers): Promise<string> {
  const { docker } = settings;
  const compose = await findCompose(settings.compose);
  const fleet = await describeFleet(docker, settings.image, CONTAINERS);
  leftovers.add(`the containers ${fleet.prefix}-…`, () => removeFleet(docker, fleet));
  const project = await PulumiProject.create(fleetProgram(fleet));
  leftovers.add(`the program in ${project.folder}`, () => project.remove());
  const composed = compose && new ComposeFleet(compose, fleet);
  leftovers.add("the compose file", () => composed?.remove());

  const started = (what: string, run: () => Promise<number>): Contender => ({
    what,
    run: async () => {
      const seconds = await run();
      await assertRunning(docker, fleet);
      return seconds;
    },
    reset: () => resetFleet(docker, fleet, project),
  });
  const up = (parallel: number | undefined) => async (): Promise<number> =>
    (await project.pulumi(["up", "--yes", "--skip-preview", ...parallelArgument(parallel)])).seconds;

  const [ours, bare, theirs] = await inTurn(settings.rounds, [
    started(`pulumi up, parallel ${PARALLELISM}`, up(PARALLELISM)),
    started("bare Engine API, all at once", () => startByEngineApi(docker, fleet)),
    ...(composed ? [started("docker compose up --detach", () => composed.up())] : []),
  ]);
  const sweep = await inTurn(
    Math.min(settings.rounds, MOST_SWEEP_ROUNDS),
    PARALLELISMS.map((parallel) => started(`pulumi up, parallel ${parallel ?? "by default"}`, up(parallel))),
  );
  if (!ours || !bare) throw new Error("a contender has no result");
  const compared: Row = theirs ?? { what: "docker compose up --detach", reason: NO_COMPOSE };
  return [
    `${CONTAINERS} prebuilt containers on one network, from nothing`,
    timesTable([ours, compared, bare]),
    "",
    requirementsTable([
      { what: "pulumi up / docker compose up --detach", of: ours, by: compared, atMost: 1.3 },
      { what: "pulumi up / bare Engine API", of: ours, by: bare, atMost: 1.6 },
    ]),
    "",
    timesTable(sweep),
  ].join("\n");
}

const parallelArgument = (parallel: number | undefined): string[] =>
  parallel === undefined ? [] : ["--parallel", String(parallel)];

async function resetFleet(docker: Docker, fleet: Fleet, project: PulumiProject): Promise<void> {
  await removeFleet(docker, fleet);
  project.forgetResources();
}
