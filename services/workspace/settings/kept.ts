import * as fs from "node:fs";
import * as path from "node:path";
import type { z } from "zod";
import type { Workspace } from "../workspace";
import { writeWhole } from "./place-files";

/** A small record on the volume of what was done before, as JSON. */
export class Kept<T> {
  readonly #file: string;

  constructor(
    workspace: Pick<Workspace, "paths" | "log">,
    name: string,
    private readonly schema: z.ZodType<T>,
    private readonly empty: T,
  ) {
    this.#file = path.join(workspace.paths.kept, `${name}.json`);
    this.value = this.#read(workspace.log);
  }

  value: T;

  save(): void {
    writeWhole(this.#file, `${JSON.stringify(this.value, undefined, 1)}\n`);
  }

  /** Without its record the workspace takes everything that is there for the user's own, and leaves it. */
  #read(log: Workspace["log"]): T {
    if (!fs.existsSync(this.#file)) return this.empty;
    try {
      return this.schema.parse(JSON.parse(fs.readFileSync(this.#file, "utf8")));
    } catch {
      log.warn("start", `${this.#file} is damaged and begun anew`);
      return this.empty;
    }
  }
}
