import { table } from "../../scripts/lib/table";

/** How facts are printed: as a table for people, or as JSON for programs. */
export interface Output {
  json: boolean;
}

/** Rows of facts; without any, `none` is what people read, and programs get an empty list. */
export function printRows<Row extends object>(
  { json }: Output,
  columns: readonly (keyof Row & string)[],
  rows: readonly Row[],
  none: string,
): void {
  if (json) return printJson(rows);
  if (rows.length === 0) return print(none);
  print(
    table(
      [...columns],
      rows.map((row) => columns.map((column) => cell(row[column]))),
    ),
  );
}

/** One fact. */
export function printFact({ json }: Output, fact: object, text: string): void {
  if (json) printJson(fact);
  else print(text);
}

function printJson(value: object): void {
  print(JSON.stringify(value, null, 2));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function cell(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
