import type { Command } from "commander";
import type { SyncFlags } from "../sync/run";
import { examples, withApp } from "./options";

/** `berth sync`: an app's source on both sides. */
export function addSyncCommands(berth: Command): void {
  const sync = berth.command("sync").description("an app's source, on this laptop and on the shared host");
  withApp(sync.command("resume <app>").description("synchronise, whether it was paused or never begun"))
    .addHelpText("after", examples("berth sync resume shop"))
    .action(async (app: string, flags: SyncFlags) =>
      (await import("../sync/run.js")).resumeCommand(app, flags),
    );
}
