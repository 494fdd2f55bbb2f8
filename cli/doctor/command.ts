import { EXIT, Failure } from "../failure";
import { printFact, tableOf, type OutputOptions } from "../output";
import type { SettingFlags } from "../settings";
import { runChecks, type Check } from "./check";
import { databases } from "./databases-check";
import { Diagnosis } from "./diagnosis";
import { diskHere, diskThere } from "./disk-checks";
import { certificate, clock, user } from "./identity-checks";
import { orphans } from "./orphans-check";
import { dockerCommand, names, ports } from "./reach-checks";
import { engineVersion, gateway, network, server, services } from "./server-checks";
import { stackState } from "./stack-check";
import { daemon, mutagen, syncSessions } from "./sync-checks";

export interface DoctorFlags extends SettingFlags, OutputOptions {
  fix?: boolean;
  checkout?: string;
}

/** What others need comes first. */
const CHECKS: Check[] = [
  ...[user, certificate, clock, server, gateway, engineVersion, network, services],
  ...[names, ports, dockerCommand, mutagen, daemon, syncSessions],
  ...[diskHere, diskThere, databases, orphans, stackState],
];

/** `berth doctor`: ends with 1 where something fails, also after --fix. */
export async function doctorCommand(flags: DoctorFlags): Promise<void> {
  const results = await runChecks(CHECKS, new Diagnosis(flags), flags.fix === true);
  const rows = results.map(({ check, state, what, mended }) => [
    state,
    check,
    mended === undefined ? what : `${what} (${mended})`,
  ]);
  const advice = results.flatMap(({ check, fix }) => (fix === undefined ? [] : [`  ${check}: ${fix}`]));
  const whatToDo = advice.length > 0 ? `\n\nwhat to do\n${advice.join("\n")}` : "";
  printFact(flags, { checks: results }, `${tableOf(["", "check", "found"], rows)}${whatToDo}`);
  const failed = results.filter(({ state }) => state === "fail");
  if (failed.length > 0) {
    throw new Failure(
      `${failed.length} of ${results.length} checks fail: ${failed.map(({ check }) => check).join(", ")}`,
      EXIT.failed,
    );
  }
}
