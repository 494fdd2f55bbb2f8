/** Files put into the container before it starts. They cannot be read back: a change of any replaces. */
import { readFile } from "node:fs/promises";
import { pack } from "tar-stream";
import type { Properties } from "../../../kit/types";
import * as spec from "../../support/spec";
import * as read from "../../support/values";
import type { Aspect } from "../aspect";
import { lookUpGroup, lookUpUser } from "../owner";

const EXECUTABLE_MODE = 0o744;
const PLAIN_MODE = 0o644;

export const uploadsAspect: Aspect = {
  properties: spec.replacing({
    uploads: spec.objectSet({
      file: spec.text({ required: true }),
      content: spec.text(),
      contentBase64: spec.text(),
      source: spec.text(),
      sourceHash: spec.text(),
      executable: spec.flag({ default: false }),
      permissions: spec.text(),
      owner: spec.text(),
      group: spec.text(),
    }),
  }),
};

/**
 * All uploads as one tar of paths from the container's root; undefined where there are none.
 * @throws Error naming the file whose source cannot be read or whose owner is unknown.
 */
export async function packUploads(inputs: Properties): Promise<Buffer | undefined> {
  const uploads = read.objects(inputs, "uploads");
  if (uploads.length === 0) return undefined;
  const archive = pack();
  for (const upload of uploads) {
    const file = read.requiredText(upload, "file");
    archive.entry(
      {
        name: file.replace(/^\/+/, ""),
        mode: modeOf(upload),
        uid: await lookUpUser(read.filledText(upload, "owner"), file),
        gid: await lookUpGroup(read.filledText(upload, "group"), file),
        mtime: new Date(),
      },
      await contentOf(upload, file),
    );
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function modeOf(upload: Properties): number {
  const permissions = read.filledText(upload, "permissions");
  if (permissions) return parseInt(permissions, 8);
  return read.flag(upload, "executable") ? EXECUTABLE_MODE : PLAIN_MODE;
}

async function contentOf(upload: Properties, file: string): Promise<Buffer> {
  const source = read.filledText(upload, "source");
  const encoded = read.filledText(upload, "contentBase64");
  if (encoded) return Buffer.from(encoded, "base64");
  if (!source) return Buffer.from(read.text(upload, "content") ?? "", "utf8");
  try {
    return await readFile(source);
  } catch (cause) {
    throw new Error(
      `upload of ${file}: cannot read its source ${source}. Correct the path, relative to the project.`,
      { cause },
    );
  }
}
