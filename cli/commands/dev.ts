import type { Command } from "commander";
import type { DownFlags } from "../dev/down";
import type { InitFlags } from "../dev/init";
import type { RenewFlags } from "../dev/renew";
import type { OutputOptions } from "../output";
import type { SettingFlags } from "../settings";
import { examples, withSettings } from "./options";

/** `berth dev`: this laptop's identity and settings. */
export function addDevCommands(berth: Command): void {
  const dev = berth.command("dev").description("this laptop's identity and settings");
  addInit(dev);
  addFacts(dev);
  withSettings(dev.command("renew").description("get the next certificate, in place, with a new key"))
    .option("--if-due", "only where the server offers it by now")
    .addHelpText("after", examples("berth dev renew --if-due", "berth dev renew --json"))
    .action(async (flags: RenewFlags) => (await import("../dev/renew.js")).renewCommand(flags));
  withSettings(dev.command("down").description("bring sync to its end and stop it; nothing is removed"))
    .option("--containers", "stop your containers in dev too")
    .addHelpText("after", examples("berth dev down", "berth dev down --containers"))
    .action(async (flags: DownFlags) => (await import("../dev/down.js")).downCommand(flags));
}

function addInit(dev: Command): void {
  withSettings(dev.command("init"))
    .description(
      "Get an identity for a one-time PIN, and test the Docker endpoint with it. The key is made here and never leaves.\n" +
        "Run again, it repairs what is missing; a valid identity is never lost. Docker's own settings are not touched.",
    )
    .option("--pin <pin>", "one-time PIN from the operator; '-' reads it from standard input")
    .option("--ca-fingerprint <sha256>", "of the server's CA, from the operator; without it you are asked")
    .option("--ca-file <file>", "the server's CA itself, from the operator (PEM)")
    .addHelpText(
      "after",
      examples(
        "berth dev init --dev-id 01 --server https://build.example.com:8443 --pin ABCD-EFGH",
        "berth dev init --dev-id 01 --server https://build.example.com:8443 --pin - --ca-fingerprint 3F:9A:… < pin",
        "berth dev init          # test and repair what is there",
      ),
    )
    .action(async (flags: InitFlags) => (await import("../dev/init.js")).initCommand(flags));
}

function addFacts(dev: Command): void {
  withSettings(dev.command("env").description("print the exports with which docker uses the shared host"))
    .addHelpText("after", examples('eval "$(berth dev env)"', "berth dev env --dev-id 01 --json"))
    .action(async (flags: SettingFlags & OutputOptions) => (await import("../dev/env.js")).envCommand(flags));
  withSettings(
    dev.command("config").description("print every setting with its source, and the certificate's end"),
  )
    .addHelpText("after", examples("berth dev config", "berth dev config --json"))
    .action(async (flags: SettingFlags & OutputOptions) =>
      (await import("../dev/config.js")).configCommand(flags),
    );
}
