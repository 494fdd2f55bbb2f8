import * as fs from "node:fs";
import * as path from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { startHijacked } from "../../../services/provision/hijacked-exec";
import { demultiplex } from "../../exec/demultiplex";
import { exitCodeOf } from "../../exec/start-exec";
import { isAbsent } from "../../engine/failure";
import { Failure } from "../../failure";

/** Runs a command in a folder of the sync container, as the user whose files are there. @throws Failure with what it said where it fails. */
export async function runInside(
  container: Docker.Container,
  { command, folder, user }: { command: string[]; folder: string; user: string },
): Promise<string> {
  const exec = await container.exec({
    Cmd: command,
    User: user,
    WorkingDir: folder,
    AttachStdout: true,
    AttachStderr: true,
  });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([stdout, stderr].map((stream) => textOf(stream)));
  await demultiplex(await startHijacked(exec), stdout, stderr);
  stdout.end();
  stderr.end();
  const [said = "", wrong = ""] = await texts;
  const exitCode = await exitCodeOf(exec);
  if (exitCode === 0) return said;
  throw new Failure(
    `in the sync container, '${command[0]}' failed: ${wrong.trim() || `exit code ${exitCode}`}`,
  );
}

/**
 * Copies what stands at a path in a container into a folder here: files, folders and links, nothing else, and never out of the folder.
 * @returns the number of files; 0 where there is nothing at that path.
 */
export async function copyOut(
  container: Docker.Container,
  remotePath: string,
  folder: string,
  wanted: (name: string) => boolean = () => true,
): Promise<number> {
  let archive: NodeJS.ReadableStream;
  try {
    archive = await container.getArchive({ path: remotePath });
  } catch (error) {
    if (isAbsent(error)) return 0;
    throw error;
  }
  let files = 0;
  const extract = tar.extract();
  extract.on("entry", (header, stream, next) => {
    const name = header.name.split("/").slice(1).join("/").replace(/\/$/, "");
    const target = path.join(folder, name);
    const isIn = target === folder || target.startsWith(folder + path.sep);
    const place = async (): Promise<void> => {
      if (!isIn || (name !== "" && !wanted(name))) return;
      if (header.type === "directory") return void fs.mkdirSync(target, { recursive: true });
      fs.mkdirSync(path.dirname(target), { recursive: true });
      if (header.type === "symlink") fs.symlinkSync(header.linkname ?? "", target);
      else if (header.type === "file") {
        files += 1;
        await pipeline(stream, fs.createWriteStream(target, { mode: 0o600 }));
      }
    };
    place().then(() => {
      stream.resume();
      next();
    }, next);
  });
  await pipeline(archive as Readable, extract);
  return files;
}

async function textOf(stream: PassThrough): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
