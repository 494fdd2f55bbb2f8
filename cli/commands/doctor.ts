import type { Command } from "commander";
import type { DoctorFlags } from "../doctor/command";
import type { UpgradeFlags } from "../upgrade/check";
import { checkoutOption } from "./operator";
import { examples, withApp, withSettings } from "./options";

/** Whether everything is as it should be: `doctor`, `upgrade-check`. */
export function addDoctorCommands(berth: Command): void {
  withApp(berth.command("doctor"))
    .description("look at everything that berth needs, and say what to do where something is wrong")
    .option("--fix", "mend what can be mended without losing anything")
    .addOption(checkoutOption())
    .addHelpText("after", examples("berth doctor", "berth doctor --fix", "berth doctor --json"))
    .action(async (flags: DoctorFlags) => (await import("../doctor/command.js")).doctorCommand(flags));
  withSettings(berth.command("upgrade-check"))
    .description(
      "ask the npm registry for a newer version. Off: it asks nobody until config.yaml names the package: upgradeCheck",
    )
    .addHelpText("after", examples("berth upgrade-check"))
    .action(async (flags: UpgradeFlags) => (await import("../upgrade/check.js")).upgradeCheck(flags));
}
