import type { Command } from "commander";
import type { ForwardFlags } from "../reach/forward";
import type { OpenFlags } from "../reach/open";
import { examples, withSettings } from "./options";

/** `berth open` and `berth forward`: the way from a browser on this laptop to an app. */
export function addReachCommands(berth: Command): void {
  withSettings(berth.command("open <app>"))
    .description(
      "open an app in the browser: at its own URL, or where that cannot be reached from here, through a tunnel until Ctrl-C",
    )
    .addHelpText("after", examples("berth open shop", "berth open shop --json"))
    .action(async (app: string, flags: OpenFlags) =>
      (await import("../reach/open.js")).openCommand(app, flags),
    );
  withSettings(berth.command("forward <app>"))
    .description("make an app reachable on a port of this laptop, through the gateway, until Ctrl-C")
    .option("--port <port>", "of this laptop (default: the app's own, or any where that is taken)")
    .addHelpText("after", examples("berth forward shop", "berth forward shop --port 8000"))
    .action(async (app: string, flags: ForwardFlags) =>
      (await import("../reach/forward.js")).forwardCommand(app, flags),
    );
}
