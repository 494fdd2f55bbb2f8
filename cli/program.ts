import { Command } from "commander";
import { version } from "../package.json";
import type { InitFlags } from "./dev/init";
import type { RenewFlags } from "./dev/renew";
import type { OutputOptions } from "./output";
import { printFact } from "./output";
import type { SettingFlags } from "./settings";

const EXIT_CODES = `
Exit codes:
  0  done
  1  failed: the message says what and how to mend it
  2  wrong usage: an option is missing or wrong
  3  the server refused
  4  the server cannot be reached`;

/** The command with everything below it. What a command does is loaded when it runs, so that help is quick. */
export function program(): Command {
  const berth = new Command("berth")
    .description("Your live-edited environment on the shared Docker host.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", EXIT_CODES);
  const dev = berth.command("dev").description("this laptop's identity and settings");
  addInit(dev);
  addFacts(dev);
  withSettings(dev.command("renew").description("get the next certificate, in place, with a new key"))
    .option("--if-due", "only where the server offers it by now")
    .addHelpText("after", examples("berth dev renew --if-due", "berth dev renew --json"))
    .action(async (flags: RenewFlags) => (await import("./dev/renew.js")).renewCommand(flags));
  berth
    .command("version")
    .description("print the version")
    .option("--json", "print JSON")
    .action((flags: OutputOptions) => printFact(flags, { version }, version));
  return berth;
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
    .action(async (flags: InitFlags) => (await import("./dev/init.js")).initCommand(flags));
}

function addFacts(dev: Command): void {
  withSettings(dev.command("env").description("print the exports with which docker uses the shared host"))
    .addHelpText("after", examples('eval "$(berth dev env)"', "berth dev env --dev-id 01 --json"))
    .action(async (flags: SettingFlags & OutputOptions) => (await import("./dev/env.js")).envCommand(flags));
  withSettings(
    dev.command("config").description("print every setting with its source, and the certificate's end"),
  )
    .addHelpText("after", examples("berth dev config", "berth dev config --json"))
    .action(async (flags: SettingFlags & OutputOptions) =>
      (await import("./dev/config.js")).configCommand(flags),
    );
}

function withSettings(command: Command): Command {
  return command
    .option("--dev-id <id>", "developer id, such as 01 (or BERTH_DEV_ID)")
    .option("--server <url>", "the onboarding service, such as https://host:8443 (or BERTH_SERVER)")
    .option("--home <dir>", "where everything is kept (or BERTH_HOME; default ~/.berth)")
    .option("--json", "print JSON");
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
