import { pack } from "tar-stream";

/** One file that a container gets before it starts. */
export interface ContainerFile {
  /** Absolute path in the container. */
  path: string;
  content: string;
}

const MODE = 0o644;

/** All files as one tar of paths from the container's root, as the Engine API takes it (PutContainerArchive). */
export async function packFiles(files: readonly ContainerFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { path, content } of files) {
    archive.entry({ name: path.replace(/^\/+/, ""), mode: MODE, uid: 0, gid: 0 }, content);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
