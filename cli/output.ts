import { table } from "../scripts/lib/table";

/** Options of every command that prints facts. */
export interface OutputOptions {
  json?: boolean;
}

/** One fact: JSON for programs, a text for people. */
export function printFact({ json }: OutputOptions, fact: object, text: string): void {
  print(json === true ? JSON.stringify(fact, null, 2) : text);
}

/** Facts as a table for people. */
export function tableOf(header: string[], rows: string[][]): string {
  return table(header, rows);
}

/** What a command does meanwhile: beside what programs read. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
