import { Command } from "commander";
import { auditCommand } from "./audit";
import { listCommand, reissueCommand, revokeCommand, unlockCommand } from "./certificates";
import { eventsCommand } from "./events";
import { pinCommand } from "./pin";

/** The operator's side of onboarding. It runs inside the onboarding container: `docker exec <container> berth-admin …`. */
function program(): Command {
  return new Command("berth-admin")
    .description("Who may use this host: PINs, certificates, what happened.")
    .option("--settings <file>", "the onboarding service's settings", "/run/berth/onboarding.json")
    .option("--as <name>", "who does it, for the audit trail", "operator")
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      "\nExamples:\n  docker exec berth-dev-onboarding berth-admin pin create --dev-id 01" +
        "\n  docker exec berth-dev-onboarding berth-admin list --json" +
        "\n  docker exec berth-dev-onboarding berth-admin revoke --dev-id 01",
    )
    .addCommand(pinCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addCommand(unlockCommand())
    .addCommand(reissueCommand())
    .addCommand(eventsCommand())
    .addCommand(auditCommand());
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`berth-admin: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
