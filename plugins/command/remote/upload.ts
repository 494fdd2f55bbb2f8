import { readdir, stat } from "node:fs/promises";
import { basename, join, posix } from "node:path";

import type { SFTPWrapper } from "ssh2";

import { makeRemoteFolder, remoteKind, writeRemoteFile } from "./sftp";

/** Writes a text as a remote file, with its parent folders. @throws Error when the destination is a folder. */
export async function copyText(sftp: SFTPWrapper, content: string, destination: string): Promise<void> {
  if ((await remoteKind(sftp, destination)) === "folder")
    throw new Error(`the remote path ${destination} is a folder: for a text, remotePath must name a file`);
  await makeRemoteFolder(sftp, posix.dirname(destination));
  await writeRemoteFile(sftp, { text: content }, destination);
}

/**
 * Copies a local file or folder by the rules of pulumi-command:
 *
 * | source    | destination is a folder | is not there       | is a file   |
 * |-----------|-------------------------|--------------------|-------------|
 * | `folder`  | destination/folder      | destination/folder | refused     |
 * | `folder/` | destination             | destination        | refused     |
 * | `file`    | destination/file        | destination        | overwritten |
 */
export async function copyPath(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  if ((await stat(source)).isDirectory()) {
    const into = source.endsWith("/") ? destination : posix.join(destination, basename(source));
    await copyFolder(sftp, source, into);
    return;
  }
  const isFolder = (await remoteKind(sftp, destination)) === "folder";
  const into = isFolder ? posix.join(destination, basename(source)) : destination;
  await makeRemoteFolder(sftp, posix.dirname(into));
  await writeRemoteFile(sftp, { path: source }, into);
}

async function copyFolder(sftp: SFTPWrapper, source: string, destination: string): Promise<void> {
  await makeRemoteFolder(sftp, destination);
  for (const entry of await readdir(source)) {
    const [from, to] = [join(source, entry), posix.join(destination, entry)];
    if ((await stat(from)).isDirectory()) await copyFolder(sftp, from, to);
    else await writeRemoteFile(sftp, { path: from }, to);
  }
}
