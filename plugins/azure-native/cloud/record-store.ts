/** What exists, as far as it is not an object of the engine: one file a resource, readable by its owner alone. */
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as path from "node:path";

/** One resource that was made. */
export interface CloudRecord {
  id: string;
  type: string;
  name: string;
  /** Ids are not case-sensitive in Azure, and neither is the name of a resource group. */
  facts: { [fact: string]: string };
}

export class RecordStore {
  constructor(private readonly folder: string) {}

  async get(id: string): Promise<CloudRecord | undefined> {
    try {
      return JSON.parse(await fs.readFile(this.fileOf(id), "utf8")) as CloudRecord;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  async put(record: CloudRecord): Promise<void> {
    await fs.mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = this.fileOf(record.id);
    await fs.writeFile(`${file}.${process.pid}`, JSON.stringify(record), { mode: 0o600 });
    await fs.rename(`${file}.${process.pid}`, file);
  }

  async remove(id: string): Promise<void> {
    await fs.rm(this.fileOf(id), { force: true });
  }

  async all(): Promise<CloudRecord[]> {
    const names = await fs.readdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const texts = names
      .filter((name) => name.endsWith(".json"))
      .map((name) => fs.readFile(path.join(this.folder, name), "utf8"));
    return (await Promise.all(texts)).map((text) => JSON.parse(text) as CloudRecord);
  }

  /** Of that type, with that name, wherever it is: names that are global in Azure. */
  async byName(type: string, name: string): Promise<CloudRecord | undefined> {
    return (await this.all()).find((record) => record.type === type && record.name === name);
  }

  private fileOf(id: string): string {
    return path.join(this.folder, `${createHash("sha256").update(id.toLowerCase()).digest("hex")}.json`);
  }
}
