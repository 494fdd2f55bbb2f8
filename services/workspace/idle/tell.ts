import * as fs from "node:fs";
import * as path from "node:path";
import { WORKSPACE_COMMAND } from "../../../spec/workspace/in-container";
import type { Workspace } from "../workspace";

const TERMINALS = "/dev/pts";

/** What people are told before the end. */
function notice(name: string, minutesLeft: number): string {
  const minutes = minutesLeft === 1 ? "1 minute" : `${minutesLeft} minutes`;
  return `Workspace ${name} is idle and stops in ${minutes}. Everything on its volume stays. '${WORKSPACE_COMMAND} keep-awake' keeps it running.`;
}

/** Tells every terminal, as wall(1) does, and whoever looks at the notice: a shell that begins, a status line, the editor. */
export function tellIdle({ spec, paths, log }: Workspace, minutesLeft: number): void {
  const text = notice(spec.name, minutesLeft);
  log.warn("idle", text);
  fs.writeFileSync(paths.idleNotice, `${text}\n`, { mode: 0o644 });
  for (const name of fs.existsSync(TERMINALS) ? fs.readdirSync(TERMINALS) : [])
    if (/^\d+$/.test(name)) tellTerminal(path.join(TERMINALS, name), `\r\n\x07${text}\r\n`, log);
}

/** The reason is gone. */
export function untellIdle({ paths, log }: Workspace): void {
  fs.rmSync(paths.idleNotice, { force: true });
  log.info("idle", "in use again");
}

function tellTerminal(file: string, text: string, log: Workspace["log"]): void {
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = fs.constants;
  try {
    if (fs.statSync(file).uid !== process.getuid?.()) return;
    // A terminal that somebody stopped with Ctrl-S takes nothing: not waiting for it.
    const terminal = fs.openSync(file, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    try {
      fs.writeSync(terminal, text);
    } finally {
      fs.closeSync(terminal);
    }
  } catch (error) {
    log.warn("idle", `${file} could not be told (${(error as NodeJS.ErrnoException).code})`);
  }
}
