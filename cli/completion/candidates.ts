import type { RootCommand, Command as Completed } from "@bomb.sh/tab" with { "resolution-mode": "import" };
import type { Command, Option } from "commander";
import { appNames } from "../app/find-app";
import { readSettings } from "../settings";
import { secretNames } from "../secrets/known-names";
import { workspaceNames } from "../workspace/known-names";

/** Names that only this laptop knows, by the argument that takes them. Sources that fail have no candidates: nobody reads an error here. */
const NAMES: Record<string, () => string[]> = {
  app: () => appNames(readSettings({})),
  key: () => secretNames(readSettings({})),
  workspace: () => workspaceNames(readSettings({})),
};

type Handler = (complete: (value: string, description: string) => void) => void;

/** Everything that can follow what is typed, from the program's own commands and options. */
export async function completionOf(program: Command): Promise<RootCommand> {
  const tab = await import("@bomb.sh/tab");
  const root = new tab.RootCommand();
  addOptions(program, root);
  for (const command of visibleCommands(program)) addCommand(root, command, []);
  return root;
}

function addCommand(root: RootCommand, command: Command, above: string[]): void {
  const words = [...above, command.name()];
  const completed = root.command(words.join(" "), summary(command));
  addOptions(command, completed);
  for (const argument of command.registeredArguments) {
    const names = argument.argChoices ?? undefined;
    const source = names === undefined ? NAMES[argument.name()] : () => names;
    completed.argument(argument.name(), handler(source), argument.variadic);
  }
  for (const inner of visibleCommands(command)) addCommand(root, inner, words);
}

function addOptions(command: Command, completed: Completed): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.replace(/^--/, "");
    if (name === undefined) continue;
    const short = option.short?.replace(/^-/, "");
    const values = valuesOf(option);
    if (values === undefined) completed.option(name, option.description, short);
    else completed.option(name, option.description, handler(values), short);
  }
}

/** What can stand after an option; undefined for one that takes nothing. */
function valuesOf(option: Option): (() => string[]) | undefined {
  if (!option.required && !option.optional) return undefined;
  const choices = option.argChoices;
  if (choices !== undefined) return () => choices;
  return (option.long === "--app" ? NAMES.app : undefined) ?? (() => []);
}

function handler(source: (() => string[]) | undefined): Handler {
  return (complete) => {
    for (const name of source === undefined ? [] : unlessItFails(source)) complete(name, "");
  };
}

function unlessItFails(source: () => string[]): string[] {
  try {
    return source();
  } catch {
    // The command itself says what is wrong, once it is run.
    return [];
  }
}

const visibleCommands = (command: Command): Command[] => command.createHelp().visibleCommands(command);

/** One line of it: shells show a list. */
const summary = (command: Command): string => command.description().split("\n")[0] ?? "";
