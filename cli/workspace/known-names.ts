import * as path from "node:path";
import { causeOf } from "../failure";
import { privateFolder, readIfThere, writePrivate } from "../files";
import { note } from "../output";
import type { Settings } from "../settings";
import type { Place, PlaceName } from "./place";

type Owner = Pick<Settings, "home" | "devId">;
type Names = Partial<Record<PlaceName, string[]>>;

/** Names of the developer's workspaces as commands on this laptop last saw them, asking nobody: for completion. */
export function workspaceNames(owner: Owner): string[] {
  return [...new Set(Object.values(read(fileOf(owner))).flat())].sort();
}

/** The place, whose answers are remembered for {@link workspaceNames}. */
export function remembering(place: Place, on: PlaceName, owner: Owner): Place {
  const file = fileOf(owner);
  const change = (names: (known: string[]) => string[]): void => {
    try {
      const known = read(file);
      privateFolder(path.dirname(file));
      writePrivate(file, JSON.stringify({ ...known, [on]: names(known[on] ?? []) }));
    } catch (error) {
      // What was asked for is done: it must not be called failed for what the tab key shows.
      note(`the tab key will not know of it, since ${file} cannot be written: ${causeOf(error)}`);
    }
  };
  const add = (name: string): void => change((known) => [...new Set([...known, name])]);
  return {
    ...place,
    create: async (spec, phases) => {
      const fact = await place.create(spec, phases);
      add(fact.workspace);
      return fact;
    },
    list: async () => {
      const listed = await place.list();
      change(() => listed.map(({ workspace }) => workspace));
      return listed;
    },
    destroy: async (name, options) => {
      const fact = await place.destroy(name, options);
      // What has data left can be created again by its name.
      if (fact.keptData === undefined) change((known) => known.filter((other) => other !== name));
      return fact;
    },
  };
}

function fileOf({ home, devId }: Owner): string {
  return path.join(home.value, "workspaces", `${devId.value ?? ""}.json`);
}

function read(file: string): Names {
  try {
    return JSON.parse(readIfThere(file) ?? "{}") as Names;
  } catch (error) {
    // Damaged: the next `list` writes it anew, and no command is to fail for what the tab key shows.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
