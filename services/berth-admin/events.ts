import { Command, Option } from "commander";
import { listEvents } from "../onboarding/store/events";
import { atWork, developerOption, wholeNumber } from "./context";
import { printRows } from "./output";

/** `berth-admin events` */
export function eventsCommand(): Command {
  return new Command("events")
    .description("what happened to identities: PINs, certificates, refusals, locks")
    .addOption(developerOption("only this developer's"))
    .addOption(new Option("--limit <n>", "the newest so many").argParser(wholeNumber(1, 10_000)).default(50))
    .addHelpText(
      "after",
      "\nExamples:\n  berth-admin events\n  berth-admin events --dev-id 01 --limit 500 --json",
    )
    .action(async ({ devId: developerId, limit }: { devId?: string; limit: number }, command: Command) =>
      atWork(command, async ({ database, output }) => {
        const columns = [
          "at",
          "actor",
          "action",
          "outcome",
          "developerId",
          "serial",
          "address",
          "detail",
        ] as const;
        printRows(output, columns, await listEvents(database, { developerId, limit }), "no events");
      }),
    );
}
