import type { Command } from "commander";
import type { OutputOptions } from "../output";
import type { SecretFlags } from "../secrets/command";
import type { SettingFlags } from "../settings";
import { examples, withApp } from "./options";

/** `berth secrets`: values that apps get as files. */
export function addSecretsCommands(berth: Command): void {
  const secrets = berth
    .command("secrets")
    .description("values that apps get as files: your own, and the project's")
    .addHelpText(
      "after",
      "\nAn app gets the secrets that its berth.yaml names, as /run/secrets/berth/<key>. Yours go before the project's,\n" +
        "those of one app before those of all.\n" +
        examples("berth secrets set stripe-key < key.txt", "berth secrets list"),
    );
  addValues(secrets);
  addRecipients(secrets);
}

function addValues(secrets: Command): void {
  withScope(secrets.command("set <key>"))
    .description("set a secret; the value comes from standard input, or is asked for")
    .option("--value <text>", "the value itself; others on this machine may see it")
    .addHelpText(
      "after",
      examples(
        "berth secrets set stripe-key",
        "pass show stripe | berth secrets set stripe-key --app shop",
        "berth secrets set api-token --project < token",
      ),
    )
    .action(async (key: string, flags: SecretFlags & { value?: string }) =>
      (await import("../secrets/command.js")).setSecret(key, flags),
    );
  withScope(secrets.command("get <key>"))
    .description("print a secret's value")
    .addHelpText("after", examples("berth secrets get stripe-key", "berth secrets get api-token --project"))
    .action(async (key: string, flags: SecretFlags) =>
      (await import("../secrets/command.js")).getSecret(key, flags),
    );
  withScope(secrets.command("list"))
    .description("list the secrets, without their values")
    .addHelpText("after", examples("berth secrets list", "berth secrets list --app shop --json"))
    .action(async (flags: SecretFlags) => (await import("../secrets/command.js")).listSecrets(flags));
  withScope(secrets.command("rm <key>"))
    .description("remove a secret")
    .addHelpText("after", examples("berth secrets rm stripe-key"))
    .action(async (key: string, flags: SecretFlags) =>
      (await import("../secrets/command.js")).removeSecret(key, flags),
    );
}

function addRecipients(secrets: Command): void {
  type Flags = SettingFlags & OutputOptions;
  const recipients = withApp(secrets.command("recipients"))
    .description("who can open the project's secrets, and what others need to let you in")
    .addHelpText(
      "after",
      examples(
        "berth secrets recipients",
        "berth secrets recipients add 02 age1…",
        "berth secrets recipients rm 02",
      ),
    )
    .action(async (flags: Flags) => (await import("../secrets/recipients-command.js")).listRecipients(flags));
  withApp(recipients.command("add <dev-id> <recipient>"))
    .description("let a developer in: every project secret is encrypted anew")
    .action(async (developerId: string, recipient: string, _: Flags, command: Command) =>
      (await import("../secrets/recipients-command.js")).addRecipient(
        developerId,
        recipient,
        command.optsWithGlobals(),
      ),
    );
  withApp(recipients.command("rm <dev-id>"))
    .description("take a developer out")
    .action(async (developerId: string, _: Flags, command: Command) =>
      (await import("../secrets/recipients-command.js")).removeRecipient(
        developerId,
        command.optsWithGlobals(),
      ),
    );
}

function withScope(command: Command): Command {
  return withApp(command)
    .option("--project", "everybody's in this workspace: berth.secrets.json, which may be committed")
    .option("--app <name>", "for this app alone");
}
