import type { Readable, Writable } from "node:stream";

/** Of the stream behind a log, an attach or an exec without a terminal (Docker Engine API, ContainerAttach, "Stream format"). */
const HEADER_BYTES = 8;
const LENGTH_AT = 4;
const STDERR = 2;

/**
 * Takes the engine's stream apart into standard output and standard error, at the pace of whoever reads them: a slow reader holds up
 * the container, and fills no memory here.
 * @throws what a writer fails with.
 */
export async function demultiplex(source: Readable, stdout: Writable, stderr: Writable): Promise<void> {
  let header = Buffer.alloc(0);
  let left = 0;
  let target = stdout;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    let rest = chunk;
    while (rest.length > 0) {
      if (left > 0) {
        await write(target, rest.subarray(0, left));
        const taken = Math.min(left, rest.length);
        left -= taken;
        rest = rest.subarray(taken);
        continue;
      }
      const missing = HEADER_BYTES - header.length;
      header = Buffer.concat([header, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (header.length < HEADER_BYTES) continue;
      target = header[0] === STDERR ? stderr : stdout;
      left = header.readUInt32BE(LENGTH_AT);
      header = Buffer.alloc(0);
    }
  }
}

/** Writes, and waits until there is room for more. */
export function write(target: Writable, data: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    target.write(data, (error) => (error ? reject(error) : resolve()));
  });
}
