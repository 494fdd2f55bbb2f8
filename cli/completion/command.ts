import type { Command } from "commander";
import { bashScript } from "./bash-script";
import { completionOf } from "./candidates";

/** Shells whose completion is tested. */
export type Shell = "bash" | "zsh" | "fish";

/** `berth completion <shell>`: what the shell's own start file reads. */
export async function completionScript(shell: Shell): Promise<void> {
  if (shell === "bash") process.stdout.write(bashScript("berth"));
  else (await import("@bomb.sh/tab")).script(shell, "berth", "berth");
}

/** `berth complete -- <words>`: what can follow, one a line, for the scripts. */
export async function complete(program: Command, words: string[]): Promise<void> {
  (await completionOf(program)).parse(words);
}
