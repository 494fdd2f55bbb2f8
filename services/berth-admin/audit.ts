import { Command, InvalidArgumentError, Option } from "commander";
import { readAudit, type AuditQuery } from "../gateway/audit/read";
import { developerOption, wholeNumber } from "./context";
import { printRows, type Output } from "./output";

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 };

interface AuditOptions extends Output {
  devId?: string;
  since?: Date;
  decision?: AuditQuery["decision"];
  object?: string;
  folder: string;
  limit: number;
}

/** `berth-admin audit` */
export function auditCommand(): Command {
  return new Command("audit")
    .description("what was asked of the engine through the gateway, and what was refused")
    .addOption(developerOption("only this developer's"))
    .addOption(
      new Option("--since <time>", "from then on: 30m, 2h, 7d or 2026-01-31T12:00:00Z").argParser(parseSince),
    )
    .addOption(new Option("--decision <decision>", "only these").choices(["allow", "refuse"]))
    .option("--object <part>", "only what is about this, such as a container's name")
    .option("--folder <folder>", "where the gateway writes its audit log", "/var/lib/berth/audit")
    .addOption(
      new Option("--limit <n>", "the newest so many").argParser(wholeNumber(1, 1_000_000)).default(500),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  berth-admin audit --since 1h\n  berth-admin audit --dev-id 01 --decision refuse --json",
    )
    .action(async (_options: unknown, command: Command) => {
      const { devId, since, decision, object, folder, limit, json } = command.optsWithGlobals<AuditOptions>();
      const entries = await readAudit(folder, { developerId: devId, since, decision, object });
      const columns = [
        "time",
        "developerId",
        "role",
        "state",
        "status",
        "durationMs",
        "route",
        "object",
        "reason",
      ] as const;
      // Programs get everything, people what fits a line.
      printRows({ json: json ?? false }, columns, entries.slice(-limit), "no requests");
    });
}

/** An age such as 2h, or a time. */
export function parseSince(text: string): Date {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const time =
    unit === undefined ? Date.parse(text) : Date.now() - Number(count) * UNIT_MS[unit as "m" | "h" | "d"];
  if (Number.isNaN(time))
    throw new InvalidArgumentError("Give an age such as 30m, 2h or 7d, or a time in ISO 8601.");
  return new Date(time);
}
