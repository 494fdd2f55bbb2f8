import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { posix } from "node:path";

import { utils, type Client, type SFTPWrapper } from "ssh2";

const { NO_SUCH_FILE } = utils.sftp.STATUS_CODE;

/** Opens the file channel of a connection. */
export function openSftp(client: Client): Promise<SFTPWrapper> {
  return new Promise((resolve, reject) => {
    client.on("close", () => reject(new Error("the connection broke")));
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
}

/** What is at a remote path. */
export function remoteKind(sftp: SFTPWrapper, path: string): Promise<"folder" | "file" | "nothing"> {
  return new Promise((resolve, reject) => {
    sftp.stat(path, (error: (Error & { code?: number }) | undefined, stats) => {
      if (!error) resolve(stats.isDirectory() ? "folder" : "file");
      else if (error.code === NO_SUCH_FILE) resolve("nothing");
      else reject(new Error(`cannot look at the remote path ${path}: ${error.message}`));
    });
  });
}

/** Makes a remote folder and its parents. @throws Error when a file is in the way. */
export async function makeRemoteFolder(sftp: SFTPWrapper, path: string): Promise<void> {
  const kind = await remoteKind(sftp, path);
  if (kind === "folder") return;
  if (kind === "file") throw new Error(`the remote path ${path} exists and is not a folder`);
  const parent = posix.dirname(path);
  if (parent !== path) await makeRemoteFolder(sftp, parent);
  await new Promise<void>((resolve, reject) => {
    sftp.mkdir(path, (error) =>
      error ? reject(new Error(`cannot make the remote folder ${path}: ${error.message}`)) : resolve(),
    );
  });
}

/** Writes a local file, or a text, to a remote file. */
export async function writeRemoteFile(
  sftp: SFTPWrapper,
  content: { path: string } | { text: string },
  destination: string,
): Promise<void> {
  const from =
    "path" in content ? createReadStream(content.path) : Readable.from([Buffer.from(content.text)]);
  try {
    await pipeline(from, sftp.createWriteStream(destination));
  } catch (error) {
    const what = "path" in content ? `copy ${content.path} to` : "write";
    throw new Error(`cannot ${what} the remote file ${destination}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
