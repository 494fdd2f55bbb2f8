import type Docker from "dockerode";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { pack } from "tar-stream";

/** Whether the engine has this image. */
export async function hasImage(docker: Docker, name: string): Promise<boolean> {
  try {
    await docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Waits for a build, pull or import to end. Throws the error that the engine reports in its progress. */
export function followProgress(docker: Docker, progress: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    docker.modem.followProgress(progress, (error: Error | null, events: { error?: string }[]) => {
      const failed = error?.message ?? events.find((event) => event.error !== undefined)?.error;
      if (failed !== undefined) reject(new Error(failed));
      else resolve();
    });
  });
}

/** Makes an image of one layer from a tar archive. `changes` are Dockerfile instructions. */
export async function importImage(
  docker: Docker,
  archive: Readable | string,
  name: string,
  changes: string[] = [],
): Promise<void> {
  const [repo, tag] = name.split(":");
  const stream = typeof archive === "string" ? createReadStream(archive) : archive;
  await followProgress(docker, await docker.importImage(stream, { repo, tag, changes }));
}

/** A tar archive of one file, byte for byte the same for the same content. */
export function archiveOf(name: string, content: Buffer, mode = 0o644): Readable {
  const archive = pack();
  archive.entry({ name, mode, mtime: new Date(0), uid: 0, gid: 0, uname: "root", gname: "root" }, content);
  archive.finalize();
  return archive;
}
