import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import * as tar from "tar-stream";
import { privateFolder, readIfThere, writePrivate } from "../files";

const BUNDLE = "/extra-ca.pem";

/**
 * The CA bundle of a TLS-inspecting proxy in front of the host, which dev containers get as a file; "" where there is none. It is
 * taken from the image that carries it into builds, once for each image, whose tag tells its content.
 * @param imageName "" where the host has none.
 */
export async function extraCaBundle(engine: Docker, home: string, imageName: string): Promise<string> {
  if (imageName === "") return "";
  const file = path.join(home, "cache", `${imageName.replaceAll(/[^\w.-]/g, "_")}.pem`);
  const known = readIfThere(file);
  if (known !== undefined) return known;
  const text = await fromImage(engine, imageName);
  privateFolder(path.dirname(file));
  writePrivate(file, text);
  return text;
}

/** A container that is never started is the way to a file of an image (Docker Engine API, ContainerArchive). */
async function fromImage(engine: Docker, imageName: string): Promise<string> {
  const container = await engine.createContainer({ Image: imageName, Cmd: ["none"] });
  try {
    const archive = await container.getArchive({ path: BUNDLE });
    return await firstFileOf(archive as Readable);
  } finally {
    await container.remove({ force: true, v: true });
  }
}

function firstFileOf(archive: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const extract = tar.extract();
    extract.once("entry", (_, entry: Readable) => {
      buffer(entry).then((content) => resolve(content.toString("utf8")), reject);
    });
    extract.once("error", reject);
    extract.once("finish", () => resolve(""));
    archive.once("error", reject).pipe(extract);
  });
}
