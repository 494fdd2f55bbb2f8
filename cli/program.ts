import { Command } from "commander";
import { version } from "../package.json";
import { addAppCommands } from "./commands/app";
import { addCompletionCommands } from "./commands/completion";
import { addDevCommands } from "./commands/dev";
import { addDoctorCommands } from "./commands/doctor";
import { addExecCommands } from "./commands/exec";
import { addOperatorCommands } from "./commands/operator";
import { addReachCommands } from "./commands/reach";
import { addSchemaCommand } from "./commands/schema";
import { addSecretsCommands } from "./commands/secrets";
import { addSyncCommands } from "./commands/sync";
import { addWorkspaceCommands } from "./commands/workspace";
import type { OutputOptions } from "./output";
import { printFact } from "./output";

const EXIT_CODES = `
Exit codes:
  0  done
  1  failed: the message says what and how to mend it
  2  wrong usage: an option is missing or wrong
  3  the server refused
  4  the server cannot be reached
  129, 130, 143  ended by SIGHUP, Ctrl-C, SIGTERM
test, test-integration, test-e2e, lint and shell end with the code of what they ran.`;

/** The command with everything below it. What a command does is loaded when it runs, so that help is quick. */
export function program(): Command {
  const berth = new Command("berth")
    .description("Your live-edited environment on the shared Docker host.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", EXIT_CODES);
  addAppCommands(berth);
  addCompletionCommands(berth);
  addDevCommands(berth);
  addDoctorCommands(berth);
  addExecCommands(berth);
  addOperatorCommands(berth);
  addReachCommands(berth);
  addSchemaCommand(berth);
  addSecretsCommands(berth);
  addSyncCommands(berth);
  addWorkspaceCommands(berth);
  berth
    .command("version")
    .description("print the version")
    .option("--json", "print JSON")
    .action((flags: OutputOptions) => printFact(flags, { version }, version));
  return berth;
}
