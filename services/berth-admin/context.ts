import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { Operator } from "../onboarding/identity/operator";
import { developerIdProblem, ROLES } from "../onboarding/identity/role";
import { readPinKey } from "../onboarding/key-material";
import { readSettings } from "../onboarding/settings";
import { Database } from "../onboarding/store/database";
import type { Output } from "./output";

/** What every command gets: the options before its name. */
export interface GlobalOptions extends Output {
  settings: string;
  as: string;
}

/** What a command works with. */
export interface Workplace extends Operator {
  output: Output;
  /** Read only when a PIN is made. */
  pinKey(): Buffer;
}

/** Opens the database for one command and closes it behind it. */
export async function atWork(command: Command, work: (workplace: Workplace) => Promise<void>): Promise<void> {
  const { settings: path, as: actor, json } = command.optsWithGlobals<GlobalOptions>();
  const settings = readSettings(path);
  const database = Database.open(settings, "berth-admin");
  try {
    await work({ database, actor, output: { json }, pinKey: () => readPinKey(settings) });
  } finally {
    await database.close();
  }
}

/** `--dev-id`, checked. */
export function developerOption(description = "developer id, such as 01"): Option {
  return new Option("--dev-id <id>", description).argParser(developerId);
}

export function roleOption(): Option {
  return new Option("--role <role>", "what the certificate allows").choices([...ROLES]);
}

export function minutesOption(): Option {
  return new Option("--minutes <n>", "how long the PIN can be used")
    .argParser(wholeNumber(1, 1_440))
    .default(15);
}

/** A parser for a whole number in a range. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

function developerId(text: string): string {
  const problem = developerIdProblem(text);
  if (problem !== undefined) throw new InvalidArgumentError(`${problem}.`);
  return text;
}
