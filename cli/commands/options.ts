import type { Command } from "commander";

/** Options of every command that needs this laptop's settings, and prints no facts. */
export function withPlace(command: Command): Command {
  return command
    .option("--dev-id <id>", "developer id, such as 01 (or BERTH_DEV_ID)")
    .option("--server <url>", "the onboarding service, such as https://host:8443 (or BERTH_SERVER)")
    .option("--home <dir>", "where everything is kept (or BERTH_HOME; default ~/.berth)");
}

/** Options of every command that needs this laptop's settings. */
export function withSettings(command: Command): Command {
  return withPlace(command).option("--json", "print JSON");
}

/** Where a command looks for apps. */
export function withWorkspace(command: Command): Command {
  return command.option(
    "--workspace <dir>",
    "folder under which apps are looked for (or BERTH_WORKSPACE; default: the git checkout around here)",
  );
}

/** Options of every command that works with an app. */
export function withApp(command: Command): Command {
  return withWorkspace(withSettings(command));
}

/** What a command's help ends with. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
