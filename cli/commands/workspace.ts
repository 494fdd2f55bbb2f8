import { Option, type Command } from "commander";
import type { CreateFlags } from "../workspace/create-command";
import type { DestroyFlags } from "../workspace/change-commands";
import type { SshFlags, WorkspaceFlags } from "../workspace/place";
import type { SettingFlags } from "../settings";
import { checkoutOption } from "./operator";
import { examples, withPlace, withSettings, withWorkspace } from "./options";

/** `berth workspace`: a whole development environment, with an editor in the browser and over SSH. */
export function addWorkspaceCommands(berth: Command): void {
  const workspace = berth
    .command("workspace")
    .description("a development environment of your own: an editor in the browser, and SSH")
    .addHelpText(
      "after",
      "\nHome and projects are on a volume: they outlive stop, a new image and destroy.\n" +
        "On azure and fly it takes a checkout of Berth, and an account there.\n" +
        examples(
          "berth workspace create mine --repo https://git.example.com/team/shop.git",
          "berth workspace open mine",
          "berth workspace ssh mine",
        ),
    );
  addCreate(workspace);
  addSeeing(workspace);
  addSsh(workspace);
  addChanging(workspace);
}

function addCreate(workspace: Command): void {
  withWorkspace(withOn(workspace.command("create [workspace]")))
    .description(
      "make a workspace, or bring it to what its file and options say; returns when its editor answers.\n" +
        "Nothing happens where nothing is different; home and projects stay in any case.",
    )
    .option(
      "--file <file>",
      "what it is to be (default: workspace.yaml of the current folder, if there is one)",
    )
    .addOption(new Option("--size <size>", "how much it may use").choices(["small", "medium", "large"]))
    .option("--repo <url>", "clone this repository once; may be repeated", collected)
    .option("--secret <key>", "give it this secret of `berth secrets`; may be repeated", collected)
    .option("--key <file>", "your SSH key (default: one of its own in ~/.berth, made where there is none)")
    .addHelpText(
      "after",
      examples(
        "berth workspace create mine",
        "berth workspace create --file team/workspace.yaml",
        "berth workspace create mine --size large --repo git@git.example.com:team/shop.git --secret ssh-key",
        "berth workspace create mine --on fly",
      ),
    )
    .action(async (name: string | undefined, flags: CreateFlags) =>
      (await import("../workspace/create-command.js")).createCommand(name, flags),
    );
}

function addSeeing(workspace: Command): void {
  withOn(workspace.command("list"))
    .description("your workspaces: state, since when, URL; and the data that destroyed ones have left")
    .addHelpText("after", examples("berth workspace list", "berth workspace list --on azure --json"))
    .action(async (flags: WorkspaceFlags) =>
      (await import("../workspace/change-commands.js")).listCommand(flags),
    );
  withOn(workspace.command("open <workspace>"))
    .description(
      "open its editor in the browser; through the gateway where its URL cannot be reached from here",
    )
    .addHelpText("after", examples("berth workspace open mine"))
    .action(async (name: string, flags: WorkspaceFlags) =>
      (await import("../workspace/open-command.js")).openCommand(name, flags),
    );
}

function addSsh(workspace: Command): void {
  const key = "your SSH key (default: the one in ~/.berth)";
  withOn(withPlace(workspace.command("ssh <workspace> [command...]")))
    .description("log in, or run a command there; ends with its exit code")
    .option("--key <file>", key)
    .addHelpText(
      "after",
      examples("berth workspace ssh mine", "berth workspace ssh mine -- git -C projects/shop status"),
    )
    .action(async (name: string, command: string[], flags: SshFlags) =>
      (await import("../workspace/ssh/ssh-command.js")).sshCommand(name, command, flags),
    );
  withOn(withPlace(workspace.command("ssh-config <workspace>")))
    .description("print the block for ~/.ssh/config by which ssh, scp and editors reach it as <name>.berth")
    .option("--key <file>", key)
    .addHelpText(
      "after",
      examples(
        "berth workspace ssh-config mine >> ~/.ssh/config   # then: ssh mine.berth, and VS Code's Remote-SSH",
      ),
    )
    .action(async (name: string, flags: SshFlags) =>
      (await import("../workspace/ssh/ssh-command.js")).sshConfigCommand(name, flags),
    );
  withPlace(workspace.command("tunnel <workspace>", { hidden: true }))
    .description("lead standard input and output to its sshd, for ssh's ProxyCommand")
    .action(async (name: string, flags: SettingFlags) =>
      (await import("../workspace/ssh/tunnel-command.js")).tunnelCommand(name, flags),
    );
}

function addChanging(workspace: Command): void {
  withOn(workspace.command("stop <workspace>"))
    .description("stop it; home and projects stay")
    .addHelpText("after", examples("berth workspace stop mine"))
    .action(async (name: string, flags: WorkspaceFlags) =>
      (await import("../workspace/change-commands.js")).stopCommand(name, flags),
    );
  withOn(workspace.command("start <workspace>"))
    .description("start it again, as it was, also after it has stopped by itself because nobody used it")
    .addHelpText("after", examples("berth workspace start mine"))
    .action(async (name: string, flags: WorkspaceFlags) =>
      (await import("../workspace/create-command.js")).startCommand(name, flags),
    );
  withOn(workspace.command("destroy <workspace>"))
    .description("take it away, after asking; home and projects stay on their volume")
    .option("--delete-data", "remove home and projects too")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      examples("berth workspace destroy mine", "berth workspace destroy mine --delete-data --yes"),
    )
    .action(async (name: string, flags: DestroyFlags) =>
      (await import("../workspace/change-commands.js")).destroyCommand(name, flags),
    );
}

/** Options of every command about a workspace; `ssh` and its like print no facts. */
function withOn(command: Command): Command {
  const isPlaced = command.options.some(({ long }) => long === "--dev-id");
  return (isPlaced ? command : withSettings(command))
    .addOption(
      new Option("--on <place>", "where it runs").choices(["local", "azure", "fly"]).default("local"),
    )
    .addOption(checkoutOption());
}

function collected(value: string, before: string[] = []): string[] {
  return [...before, value];
}
