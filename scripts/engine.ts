// Makes sure that a Docker engine answers: `scripts/engine [environment]`. One that answers is used as it is, and one that the
// environment's config names is nobody's to start here; otherwise, as root and unless BERTH_START_ENGINE=no, Debian's engine is
// installed and started.
import Docker from "dockerode";
import { engineAddress, engineObstacle, refuseLockedUp } from "./engine-parts/answers";
import { installEngine, startDaemon, startService } from "./engine-parts/start";
import { connectStackEngine, namesEngine } from "./lib/stack-engine";
import { environmentArgument, main, step } from "./lib/steps";
import { endCommandsOnSignals } from "./toolchain-parts/command";

/** Why no engine may be started here; undefined if one may. */
function refusal(): string | undefined {
  if (process.env.DOCKER_HOST)
    return "unset DOCKER_HOST to use an engine on this host, or make that engine reachable";
  if (process.env.BERTH_START_ENGINE === "no")
    return "start one (BERTH_START_ENGINE=no forbids to start it here)";
  if (process.getuid?.() !== 0) return "start one, or run this as root to have one started";
  return undefined;
}

main(async () => {
  endCommandsOnSignals();
  const environment = environmentArgument();
  if (namesEngine(environment)) {
    const { host, docker } = await connectStackEngine(environment);
    await refuseLockedUp(docker, host);
    process.stderr.write(`Docker engine: answers at ${host}\n`);
    return;
  }
  const obstacle = await engineObstacle();
  if (obstacle === undefined) {
    await refuseLockedUp(new Docker(), engineAddress(process.env));
    process.stderr.write(`Docker engine: answers at ${engineAddress(process.env)}\n`);
    return;
  }
  const refused = refusal();
  if (refused !== undefined) {
    throw new Error(`no Docker engine answers at ${engineAddress(process.env)} (${obstacle}): ${refused}`);
  }
  await step("install the Docker engine if this host has none", installEngine);
  await step("start the Docker engine", async () => {
    if (await startService()) return;
    const pid = await startDaemon();
    process.stderr.write(`  dockerd runs as process ${pid}; stop it with: kill ${pid}\n`);
  });
});
