import * as fs from "node:fs";
import * as path from "node:path";

/**
 * Hears of changes in a tree on Linux, where Mutagen itself looks only every ten seconds at what was not edited lately. Elsewhere Mutagen
 * is told by the system, and nothing is watched here.
 */
export class LocalWatch {
  private readonly watchers = new Map<string, fs.FSWatcher>();
  private isFull = false;

  constructor(
    private readonly root: string,
    private readonly isIgnored: (path: string) => boolean,
    private readonly onChange: () => void,
  ) {}

  /** Watches these folders, from the root, and no others. */
  follow(folders: Iterable<string>): void {
    if (process.platform !== "linux") return;
    const wanted = new Set(folders);
    for (const [folder, watcher] of this.watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.watchers.has(folder) && !this.isFull) this.watch(folder);
  }

  close(): void {
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private watch(folder: string): void {
    try {
      const watcher = fs.watch(path.join(this.root, folder), { persistent: false }, (_event, name) => {
        if (name === null || !this.isIgnored(folder === "" ? name : `${folder}/${name}`)) this.onChange();
      });
      watcher.on("error", () => this.forget(folder));
      this.watchers.set(folder, watcher);
    } catch (error) {
      // The system gives no more watches: what is not watched is found by Mutagen, within ten seconds.
      if (["ENOSPC", "EMFILE"].includes((error as NodeJS.ErrnoException).code ?? "")) this.isFull = true;
    }
  }

  private forget(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }
}
