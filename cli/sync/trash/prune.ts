import * as fs from "node:fs";
import * as path from "node:path";
import { batchTime } from "./places";

/** What went stays for so long. */
const KEPT_MS = 14 * 24 * 60 * 60_000;

/** Removes what has been in the trash for two weeks. Whatever is no batch of ours stays. */
export function pruneTrash(home: string, now = new Date()): void {
  const trash = path.join(home, "trash");
  for (const app of namesIn(trash)) {
    for (const batch of namesIn(path.join(trash, app))) {
      const time = batchTime(batch);
      if (time && now.getTime() - time.getTime() > KEPT_MS)
        fs.rmSync(path.join(trash, app, batch), { recursive: true, force: true });
    }
  }
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : [];
}
