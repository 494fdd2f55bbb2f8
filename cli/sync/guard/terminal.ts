import { execFileSync } from "node:child_process";
import * as fs from "node:fs";

/** The terminal that a command was typed in, by its path; undefined where there is none. */
export function ownTerminal(): string | undefined {
  if (process.platform === "win32" || !process.stdin.isTTY) return undefined;
  try {
    return execFileSync("tty", { stdio: ["inherit", "pipe", "ignore"], encoding: "utf8" }).trim();
  } catch {
    // No such program: then nobody can be told before the next command.
    return undefined;
  }
}

/** Writes a line to a terminal that may be closed by now. */
export function tellTerminal(terminal: string | undefined, text: string): void {
  if (terminal === undefined) return;
  try {
    fs.appendFileSync(terminal, `\r\nberth: ${text}\u0007\r\n`);
  } catch {
    // It was closed: the alert stands in its file, and the next command says it.
  }
}
