import { PassThrough, Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type Docker from "dockerode";

const LOG_LINES = 20;

/** What a container wrote last, for a message about it. */
export async function lastLogLines(docker: Docker, container: string): Promise<string> {
  const framed = await docker
    .getContainer(container)
    .logs({ stdout: true, stderr: true, tail: LOG_LINES, follow: false });
  const sink = new PassThrough();
  const chunks: Buffer[] = [];
  sink.on("data", (chunk: Buffer) => chunks.push(chunk));
  const source = Readable.from(framed, { objectMode: false });
  docker.modem.demuxStream(source, sink, sink);
  await finished(source);
  const text = Buffer.concat(chunks).toString("utf8").trimEnd();
  return text === "" ? "It has logged nothing." : `Last log lines:\n${text}`;
}
