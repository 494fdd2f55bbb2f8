import { InvalidArgumentError, Option, type Command } from "commander";
import type { OutputOptions } from "../output";
import type { BuildFlags } from "../run/build-command";
import type { RunFlags } from "../run/run-command";
import type { StopFlags } from "../run/stop-command";
import type { SettingFlags } from "../settings";
import { checkoutOption } from "./operator";
import { examples, withApp } from "./options";

/** Running apps: `run`, `build`, `stop`, `ps`. */
export function addAppCommands(berth: Command): void {
  addRun(berth);
  withApp(berth.command("build <app>"))
    .description("build an app's image on the shared host, for `berth run` without --reload")
    .option("--tag <tag>", "the image is <app>:dev-<developer id>-<tag>; default latest")
    .option("--target <stage>", "of the Dockerfile (default: build.target of berth.yaml)")
    .addHelpText(
      "after",
      examples(
        "berth build shop",
        "berth build shop --tag before-the-change",
        "berth build shop --target dev --tag test   # with its tests, for berth test --env tst --tag test",
      ),
    )
    .action(async (app: string, flags: BuildFlags) =>
      (await import("../run/build-command.js")).buildCommand(app, flags),
    );
  withApp(berth.command("stop <app...>").alias("down-app"))
    .description("stop apps: their source stays synchronised, their data stays")
    .option("--remove", "take their containers away too")
    .addHelpText("after", examples("berth stop shop", "berth stop shop ledger --remove"))
    .action(async (apps: string[], flags: StopFlags) =>
      (await import("../run/stop-command.js")).stopCommand(apps, flags),
    );
  withApp(berth.command("ps").description("your apps: state, sync, CPU, memory, URL"))
    .addHelpText("after", examples("berth ps", "berth ps --json"))
    .action(async (flags: SettingFlags & OutputOptions) =>
      (await import("../run/ps-command.js")).psCommand(flags),
    );
}

function addRun(berth: Command): void {
  withApp(berth.command("run <app>"))
    .description(
      "Run an app and return when it answers. With --reload its source is synchronised and an edit is live at once.\n" +
        "Run again, it changes what is different and nothing else; stopped in the middle, the next run goes on from there.",
    )
    .addOption(new Option("--env <env>", "where it runs").choices(["dev", "tst", "pro"]).default("dev"))
    .option("--reload", "live source from this laptop, instead of the built image")
    .option("--tag <tag>", "run the image that `berth build --tag` made")
    .option("--port <port>", "publish the app on this port of the host too, in your range", portNumber)
    .option("--debug", "start it with its debugger listening, and tell where")
    .option("--rebuild", "build the image under live source whatever has changed")
    .addOption(checkoutOption())
    .addHelpText(
      "after",
      examples(
        "berth run shop --reload",
        "berth run shop --reload --debug",
        "berth build shop && berth run shop",
        "berth run shop --env tst     # ci or operator, on a checkout of Berth",
      ),
    )
    .action(async (app: string, flags: RunFlags) =>
      (await import("../run/run-command.js")).runCommand(app, flags),
    );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (/^[1-9][0-9]{0,4}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("it is a number from 1 to 65535.");
}
