import * as path from "node:path";
import type { MutagenSession } from "../../mutagen/session";
import type { Session } from "../../session";
import { remoteNames } from "../names";
import { runInside } from "../remote/inside";
import { factsOf } from "../trash/keep-file";
import { filesOf } from "./files";

/** A version of a file; null where that side has none. */
export interface Version {
  bytes: number;
  changedAt: string;
}

/** A file that both sides have changed. */
export interface ConflictingFile {
  path: string;
  mine: Version | null;
  theirs: Version | null;
}

/** A command line has room for so many. */
const ASKED_AT_ONCE = 500;

/** Every file that is in conflict, with what each side has. */
export async function conflictingFiles(session: Session, one: MutagenSession): Promise<ConflictingFile[]> {
  const files = [...new Set((one.conflicts ?? []).flatMap(filesOf))].sort();
  if (files.length === 0) return [];
  const theirs = await remoteVersions(session, one, files);
  return files.map((file) => {
    const facts = factsOf(path.join(one.alpha.path, file));
    const mine = facts ? { bytes: facts.size, changedAt: facts.mtime.toISOString() } : null;
    return { path: file, mine, theirs: theirs.get(file) ?? null };
  });
}

async function remoteVersions(
  session: Session,
  { beta }: MutagenSession,
  files: string[],
): Promise<Map<string, Version>> {
  const { prefix } = await session.server();
  const container = session.engine.getContainer(remoteNames(prefix, session.devId).container);
  const versions = new Map<string, Version>();
  for (let start = 0; start < files.length; start += ASKED_AT_ONCE) {
    const asked = files.slice(start, start + ASKED_AT_ONCE).map((file) => `./${file}`);
    // One that is not there is no failure of the whole.
    const script = 'for file do stat --printf="%s %Y %n\\0" -- "$file" 2>/dev/null; done; true';
    const said = await runInside(container, {
      command: ["sh", "-c", script, "sh", ...asked],
      folder: beta.path,
      user: beta.user ?? "",
    });
    for (const line of said.split("\0").filter((text) => text !== "")) {
      const [, bytes, seconds, name] = /^(\d+) (\d+) \.\/([^]*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      versions.set(name, { bytes: Number(bytes), changedAt: new Date(Number(seconds) * 1000).toISOString() });
    }
  }
  return versions;
}
