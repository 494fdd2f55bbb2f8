import * as fs from "node:fs";
import * as path from "node:path";
import * as tar from "tar-stream";
import { Failure } from "../../failure";
import type { Session } from "../../session";
import { remoteNames, remoteTrash } from "../names";
import { factsOf } from "../trash/keep-file";

/** More would cost more than it helps: it is in the trash of the laptop. */
const LARGEST_BATCH_BYTES = 64 * 2 ** 20;

/**
 * Puts a batch of the laptop's trash beside the sources on the shared host too, for a laptop that is lost.
 * @throws Failure where it is too large, or the host has no room.
 */
export async function keepInContainer(session: Session, app: string, batch: string): Promise<void> {
  const files = filesIn(batch);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > LARGEST_BATCH_BYTES) {
    throw new Failure(`it has ${Math.round(bytes / 2 ** 20)} MiB, and 64 MiB at most are kept twice`);
  }
  const pack = tar.pack();
  const start = `${remoteTrash(app).slice(1)}/${path.basename(batch)}`;
  for (const { name, file } of files) {
    const content = fs.readFileSync(file);
    pack.entry({ name: `${start}/${name}`, mode: 0o600, uid: 0, gid: 0 }, content);
  }
  pack.finalize();
  const { prefix } = await session.server();
  const container = session.engine.getContainer(remoteNames(prefix, session.devId).container);
  await container.putArchive(pack, { path: "/" });
}

function filesIn(batch: string): { name: string; file: string; size: number }[] {
  return fs
    .readdirSync(batch, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const name = path.relative(batch, file).split(path.sep).join("/");
      return { name, file, size: factsOf(file)?.size ?? 0 };
    });
}
