import type { Command } from "commander";
import type { GuardFlags } from "../sync/guard/guard-command";
import type { ResolveFlags, SyncFlags } from "../sync/run";
import { examples, withApp, withSettings } from "./options";

/** `berth sync`: an app's source on both sides. */
export function addSyncCommands(berth: Command): void {
  const sync = berth
    .command("sync")
    .description("an app's source on this laptop and on the shared host, kept the same");
  addFacts(sync);
  addDecisions(sync);
  withApp(sync.command("flush <app>").description("wait until both sides are the same"))
    .addHelpText("after", examples("berth sync flush shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).flushCommand(app, flags),
    );
  withApp(sync.command("pause <app>").description("stop; both sides stay as they are"))
    .addHelpText("after", examples("berth sync pause shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).pauseCommand(app, flags),
    );
  withApp(
    sync
      .command("resume <app>")
      .description("go on, or begin; also after many files were deleted on purpose"),
  )
    .addHelpText("after", examples("berth sync resume shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).resumeCommand(app, flags),
    );
  withSettings(
    sync.command("guard", { hidden: true }).description("watch over all syncs (started by itself)"),
  )
    .option("--terminal <path>", "where alerts are written")
    .action(async (flags: GuardFlags) =>
      (await import("../sync/guard/guard-command.js")).guardCommand(flags),
    );
}

function addFacts(sync: Command): void {
  withApp(sync.command("status [app]").description("state, files, conflicts and problems"))
    .addHelpText("after", examples("berth sync status", "berth sync status shop --json"))
    .action(async (app: string | undefined, flags: SyncFlags) =>
      (await import("../sync/run.js")).statusCommand(app, flags),
    );
  withApp(
    sync.command("conflicts <app>").description("files that both sides have changed, with sizes and times"),
  )
    .addHelpText("after", examples("berth sync conflicts shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).conflictsCommand(app, flags),
    );
  withApp(sync.command("trash <app>").description("what was deleted, and when"))
    .addHelpText("after", examples("berth sync trash shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).trashCommand(app, flags),
    );
}

function addDecisions(sync: Command): void {
  withApp(
    sync.command("resolve <app> [file]").description("decide a conflict; what loses goes into the trash"),
  )
    .option("--keep <whose>", "mine: the laptop's version, theirs: the container's")
    .option("--all", "every conflict of the app")
    .addHelpText(
      "after",
      examples(
        "berth sync resolve shop --keep mine src/main.ts",
        "berth sync resolve shop --keep theirs --all",
      ),
    )
    .action(async (app: string, file: string | undefined, flags: ResolveFlags) =>
      (await import("../sync/run.js")).resolveCommand(app, file, flags),
    );
  withApp(sync.command("restore <app>").description("bring back what was deleted last, on both sides"))
    .option("--from <when>", "another time, as `berth sync trash` lists it")
    .addHelpText(
      "after",
      examples("berth sync restore shop", "berth sync restore shop --from 2026-01-31T09-15-00.000Z"),
    )
    .action(async (app: string, flags: SyncFlags & { from?: string }) =>
      (await import("../sync/run.js")).restoreCommand(app, flags),
    );
  withApp(sync.command("reset <app>").description("save both sides, and begin anew; nothing is deleted"))
    .addHelpText("after", examples("berth sync reset shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).resetCommand(app, flags),
    );
}
