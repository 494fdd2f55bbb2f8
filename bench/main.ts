// `make bench`: how fast Berth is beside others on this machine, as tables. It judges nothing by its exit code: a busy machine is no fault.
// ONLY=preview|up|many|gateway|onboarding|cli|run|sync|workspace measures one part, ROUNDS=10 says how often, COMPOSE names a docker compose that is not on PATH.
import Docker from "dockerode";
import { BASE_IMAGE } from "../scripts/base-image-parts/names";
import { main } from "../scripts/lib/steps";
import { Leftovers } from "./lib/cleanup";
import { DevStack } from "./lib/dev-stack";
import { machine } from "./lib/machine";
import { readSettings, type Settings } from "./lib/settings";
import { measureCli } from "./cli/cli";
import { measureGateway } from "./gateway/gateway";
import { measureMany } from "./many/many";
import { measureOnboarding } from "./onboarding/onboarding";
import { measurePreview } from "./preview/preview";
import { measureRun } from "./run/run";
import { measureSync } from "./sync/sync";
import { measureUp } from "./up/up";
import { measureWorkspace } from "./workspace/workspace";

async function measure({ parts, rounds, compose }: Settings, leftovers: Leftovers): Promise<void> {
  const show = (text: string): boolean => process.stdout.write(`\n${text}\n`);
  const docker = new Docker();
  show(await machine(docker));
  if (parts.includes("cli")) show(await measureCli(rounds));
  if (parts.includes("up")) show(await measureUp({ docker, image: BASE_IMAGE, rounds, compose }, leftovers));
  if (parts.includes("onboarding")) show(await measureOnboarding({}, leftovers));
  if (parts.includes("gateway")) show(await measureGateway({ image: BASE_IMAGE, rounds }, leftovers));
  if (parts.includes("run")) show(await measureRun(rounds, leftovers));
  if (parts.includes("sync")) show(await measureSync({ rounds, compose, image: BASE_IMAGE }, leftovers));
  if (parts.includes("workspace")) show(await measureWorkspace(rounds, leftovers));
  if (!parts.includes("preview") && !parts.includes("many")) return;
  process.stderr.write("→ bring a dev stack up\n");
  const stack = await DevStack.up(leftovers);
  if (parts.includes("preview")) show(await measurePreview(stack, rounds, leftovers));
  if (parts.includes("many")) show(await measureMany(stack, docker, rounds, leftovers));
}

main(async () => {
  const leftovers = new Leftovers();
  leftovers.removeOnSignals();
  const failures: unknown[] = [];
  const tell = (error: unknown): number => failures.push(error);
  await measure(readSettings(process.env), leftovers).catch(tell);
  process.stderr.write("→ remove what was made\n");
  await leftovers.removeAll().catch(tell);
  if (failures.length > 0) throw new Error(failures.map((error) => (error as Error).message).join("\n"));
});
