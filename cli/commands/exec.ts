import type { Command } from "commander";
import type { CheckName } from "../exec/checks";
import type { CheckFlags } from "../exec/check";
import type { LogsFlags } from "../exec/logs";
import type { ShellFlags } from "../exec/shell";
import { examples, withPlace, withWorkspace } from "./options";

/** `berth logs`, `shell`, and the app's own checks: `test`, `test-integration`, `test-e2e`, `lint`. */
export function addExecCommands(berth: Command): void {
  addLogs(berth);
  addShell(berth);
  for (const [name, what] of Object.entries(CHECKED)) addCheck(berth, name as CheckName, what);
}

const CHECKED: Record<CheckName, string> = {
  test: "run an app's unit tests",
  "test-integration": "run an app's tests against the services it uses",
  "test-e2e": "run an app's tests from the outside",
  lint: "run an app's linter",
};

function addLogs(berth: Command): void {
  withPlace(berth.command("logs <app>"))
    .description("print what an app has written")
    .option("-f, --follow", "go on until it stops, or Ctrl-C")
    .option("--since <time>", "from then on: 10m, 1h30m, 2d, or 2026-11-21T08:00")
    .option("--tail <lines>", "only the last ones")
    .option("--timestamps", "with the time of each line")
    .option("--env <environment>", "dev; tst and pro for the operator (default dev)")
    .addHelpText("after", examples("berth logs shop -f", "berth logs shop --since 10m | grep error"))
    .action(async (app: string, flags: LogsFlags) =>
      (await import("../exec/logs.js")).logsCommand(app, flags),
    );
}

function addShell(berth: Command): void {
  const shell = withWorkspace(withPlace(berth.command("shell <app>")));
  withImage(shell)
    .description(
      "A shell in an app's running container; with --env tst in a container of its own from the built image, which is gone\n" +
        "when you leave. The exit code is the shell's.",
    )
    .addHelpText(
      "after",
      examples("berth shell shop", "berth shell shop --env tst", "echo env | berth shell shop"),
    )
    .action(async (app: string, flags: ShellFlags) =>
      (await import("../exec/shell.js")).shellCommand(app, flags),
    );
}

function addCheck(berth: Command, name: CheckName, what: string): void {
  withImage(withWorkspace(withPlace(berth.command(`${name} <app>`))))
    .description(
      `${what}: in the running container, or with --env tst in a new one from the built image,\n` +
        "removed after. The exit code is the test's own.",
    )
    .addHelpText("after", examples(`berth ${name} shop`, `berth ${name} shop --env tst --tag test`))
    .action(async (app: string, flags: CheckFlags) =>
      (await import("../exec/check.js")).checkCommand(name, app, flags),
    );
}

function withImage(command: Command): Command {
  return command
    .option("--env <environment>", "dev, or tst: a throw-away container (default dev)")
    .option("--tag <tag>", "tst: of the image that `berth build` made (default latest)")
    .option("--image <id>", "tst: another image, by id or digest");
}
