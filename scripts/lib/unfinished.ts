import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { lockFolder } from "./lock";

const recordSchema = z.object({
  /** As the user typed it. */
  command: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

/** A change of a stack that began and, as far as anybody knows, did not come to its end. */
export type Unfinished = z.infer<typeof recordSchema>;

function recordFile(stack: string): string {
  return path.join(lockFolder, `${stack}.unfinished.json`);
}

/** Notes that a change begins. Only its success takes the note away: whoever comes next then knows that something may be half done. */
export function beginChange(stack: string, command: string): void {
  const record: Unfinished = { command, since: new Date().toISOString() };
  fs.mkdirSync(lockFolder, { recursive: true, mode: 0o700 });
  fs.writeFileSync(recordFile(stack), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** Notes that nothing is half done. */
export function endChange(stack: string): void {
  fs.rmSync(recordFile(stack), { force: true });
}

/** The change that did not come to its end; one that cannot be read is one, too. */
export function unfinishedChange(stack: string): Unfinished | undefined {
  if (!fs.existsSync(recordFile(stack))) return undefined;
  try {
    return recordSchema.parse(JSON.parse(fs.readFileSync(recordFile(stack), "utf8")));
  } catch {
    // The disk was full, or the machine went down, while it was written.
    return { command: "make up", since: "an unknown time" };
  }
}
