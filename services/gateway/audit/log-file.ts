import * as fs from "node:fs";
import * as path from "node:path";

/** Name of the file that is written now; rotated ones are `audit.1.jsonl` (the newest) and up. */
export const CURRENT_FILE = "audit.jsonl";

/** The name of a rotated file; the higher its number, the older it is. */
export function rotatedFile(number: number): string {
  return `audit.${number}.jsonl`;
}

/** Only the operator reads who did what. */
/** Onboarding reads it for `berth-admin audit`, as another user; no other container mounts the volume. */
const FILE_MODE = 0o644;
const BYTES_PER_MB = 1024 * 1024;

export interface LogFileLimits {
  maximumFileMb: number;
  /** Rotated files beside the current one. */
  keptFiles: number;
}

/**
 * A file of lines to which is only added. A line is whole or not there at all: `append` returns when the kernel has it, and takes back
 * what a full disk cut off. The libraries for rotating logs write behind their caller's back and cannot promise that.
 */
export class LogFile {
  private descriptor: number | undefined;
  private bytes = 0;

  constructor(
    private readonly folder: string,
    private readonly limits: LogFileLimits,
  ) {}

  /**
   * Adds one line.
   * @throws Error (with the system's code, such as ENOSPC) when it could not be written whole; the file is then as it was before.
   */
  append(line: string): void {
    const data = Buffer.from(`${line}\n`);
    if (this.bytes > 0 && this.bytes + data.length > this.limits.maximumFileMb * BYTES_PER_MB) this.rotate();
    const descriptor = (this.descriptor ??= this.open());
    try {
      const written = fs.writeSync(descriptor, data);
      if (written < data.length) {
        throw Object.assign(new Error("ENOSPC: only a part of the line could be written"), {
          code: "ENOSPC",
        });
      }
      this.bytes += data.length;
    } catch (error) {
      this.close();
      fs.truncateSync(this.current, this.bytes);
      throw error;
    }
  }

  /** Waits until everything is on the disk. */
  flush(): void {
    if (this.descriptor !== undefined) fs.fsyncSync(this.descriptor);
  }

  close(): void {
    if (this.descriptor !== undefined) fs.closeSync(this.descriptor);
    this.descriptor = undefined;
  }

  private get current(): string {
    return path.join(this.folder, CURRENT_FILE);
  }

  private open(): number {
    fs.mkdirSync(this.folder, { recursive: true, mode: 0o755 });
    const descriptor = fs.openSync(this.current, "a", FILE_MODE);
    this.bytes = cutToWholeLines(this.current);
    return descriptor;
  }

  private rotate(): void {
    this.flush();
    this.close();
    const at = (number: number): string => path.join(this.folder, rotatedFile(number));
    fs.rmSync(at(this.limits.keptFiles), { force: true });
    for (let number = this.limits.keptFiles - 1; number >= 1; number--) {
      if (fs.existsSync(at(number))) fs.renameSync(at(number), at(number + 1));
    }
    fs.renameSync(this.current, at(1));
    this.bytes = 0;
  }
}

/** A process that was killed while the disk was full may have left half a line; returns the file's size. */
function cutToWholeLines(file: string): number {
  const { size } = fs.statSync(file);
  const length = Math.min(size, BYTES_PER_MB);
  const tail = Buffer.alloc(length);
  const descriptor = fs.openSync(file, "r");
  try {
    fs.readSync(descriptor, tail, 0, length, size - length);
  } finally {
    fs.closeSync(descriptor);
  }
  const wholeBytes = size - length + tail.lastIndexOf("\n") + 1;
  if (wholeBytes < size) fs.truncateSync(file, wholeBytes);
  return wholeBytes;
}
