/** What a container has written. */
import type { Engine } from "../engine/client";

const HEADER_BYTES = 8;

/** @param tailLines only the last ones; all where absent. */
export async function containerLogs(
  engine: Engine,
  id: string,
  tty: boolean,
  tailLines?: number,
): Promise<string> {
  const raw = await engine.docker
    .getContainer(id)
    .logs({ stdout: true, stderr: true, follow: false, ...(tailLines && { tail: tailLines }) });
  return (tty ? raw : joinFrames(raw)).toString("utf8");
}

/** Without a terminal the engine frames each piece: one byte stream, three empty, four length, then the piece. */
export function joinFrames(raw: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= raw.length;) {
    const end = at + HEADER_BYTES + raw.readUInt32BE(at + 4);
    pieces.push(raw.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(pieces);
}
