import { createInterface } from "node:readline/promises";
import { EXIT, Failure } from "../failure";
import { note, printFact, tableOf } from "../output";
import { placeOf } from "./place-of";
import type { WorkspaceFlags } from "./place";

/** `berth workspace list`: the caller's own, those that are stopped as well. */
export async function listCommand(flags: WorkspaceFlags): Promise<void> {
  const workspaces = await (await placeOf(flags)).list();
  const rows = workspaces.map(({ workspace, on, state, since, url }) => [workspace, on, state, since, url]);
  const text =
    workspaces.length === 0
      ? "no workspaces: `berth workspace create <name>` makes one"
      : tableOf(["workspace", "on", "state", "since", "url"], rows);
  printFact(flags, workspaces, text);
}

/** `berth workspace stop`: its volume stays, and everything on it. */
export async function stopCommand(name: string, flags: WorkspaceFlags): Promise<void> {
  const ran = await (await placeOf(flags)).stop(name);
  if (!ran) note(`berth: workspace '${name}' was not running`);
  const fact = { workspace: name, on: flags.on, stopped: ran };
  printFact(flags, fact, `workspace ${name} is stopped; berth workspace start ${name} goes on where it was`);
}

export interface DestroyFlags extends WorkspaceFlags {
  deleteData?: boolean;
  yes?: boolean;
}

/** `berth workspace destroy`: asks first; home and projects stay unless `--delete-data` says otherwise. */
export async function destroyCommand(name: string, flags: DestroyFlags): Promise<void> {
  const deleteData = flags.deleteData === true;
  const place = await placeOf(flags);
  if (flags.yes !== true) await confirmed(name, deleteData);
  const fact = await place.destroy(name, { deleteData });
  const kept =
    fact.keptData === undefined
      ? "its data too"
      : `its data is kept in ${fact.keptData}: berth workspace create ${name} takes it up again, berth workspace destroy ${name} --delete-data removes it`;
  printFact(flags, fact, `workspace ${name} is gone; ${kept}`);
}

/** @throws Failure where the answer is no, or nobody is there to give one. */
async function confirmed(name: string, deleteData: boolean): Promise<void> {
  const what = deleteData ? `workspace '${name}' with its home and projects` : `workspace '${name}'`;
  if (!process.stdin.isTTY) {
    throw new Failure(
      `nothing was removed: nobody is there to ask about ${what}; confirm with --yes`,
      EXIT.usage,
    );
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`Remove ${what}? Type its name: `);
    if (answer.trim() === name) return;
  } finally {
    prompt.close();
  }
  throw new Failure(`nothing was removed: '${name}' was not typed`);
}
