import { gunzipSync } from "node:zlib";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as tar from "tar-stream";

/** The plain files of a tar archive with gzip, by name, where `wanted` says so. */
export async function filesIn(
  archive: Buffer,
  wanted: (name: string) => boolean,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const extract = tar.extract();
  extract.on("entry", (header, stream, next) => {
    const name = header.name.replace(/^\.\//, "");
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      if (header.type === "file" && wanted(name)) files.set(name, Buffer.concat(chunks));
      next();
    });
  });
  await pipeline(Readable.from([gunzipSync(archive)]), extract);
  return files;
}
