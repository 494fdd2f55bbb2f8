import * as fs from "node:fs";
import * as path from "node:path";
import * as tar from "tar-stream";
import { MUTAGEN_VERSION } from "../../../scripts/toolchain-parts/mutagen";
import { Failure } from "../../failure";
import { filesIn } from "../../mutagen/archive";
import { AGENTS } from "../../mutagen/install";
import { homeFolder, sourceFolder } from "../names";
import type { SourceVolume } from "./source-volume";
import { accountFiles, parseUser, type RemoteUser } from "./users";

const FOLDER_MODE = 0o755;

/**
 * What is put into the sync container before it starts, with the owners it must have, so that nothing in it needs root: accounts,
 * Mutagen's agent for each user, and the root of each source volume, which is given to its app's user (nothing below it).
 */
export function preparedFiles(
  volumes: SourceVolume[],
  users: RemoteUser[],
  agent: Buffer,
): NodeJS.ReadableStream {
  const pack = tar.pack();
  const folder = (name: string, { uid, gid }: RemoteUser): void => {
    pack.entry({ name: `${name.slice(1)}/`, type: "directory", mode: FOLDER_MODE, uid, gid });
  };
  const root = { uid: 0, gid: 0 };
  const { passwd, group } = accountFiles(users);
  pack.entry({ name: "etc/passwd", mode: 0o644, uid: 0, gid: 0 }, passwd);
  pack.entry({ name: "etc/group", mode: 0o644, uid: 0, gid: 0 }, group);
  folder(path.posix.dirname(homeFolder(0)), root);
  for (const user of onePerUid(users)) {
    const home = homeFolder(user.uid);
    const agents = `${home}/.mutagen/agents/${MUTAGEN_VERSION}`;
    for (const name of [home, `${home}/.mutagen`, `${home}/.mutagen/agents`, agents]) folder(name, user);
    pack.entry({ name: `${agents.slice(1)}/mutagen-agent`, mode: 0o755, ...user }, agent);
  }
  for (const { app, id, user } of volumes) folder(sourceFolder(app, id), parseUser(user));
  pack.finalize();
  return pack;
}

/** Mutagen's agent for Linux, out of what lies beside the program. */
export async function agentFor(program: string, architecture: string): Promise<Buffer> {
  const bundle = path.join(path.dirname(program), AGENTS);
  const name = `linux_${architecture}`;
  if (!fs.existsSync(bundle)) {
    throw new Failure(`${bundle} is not there: run \`berth dev init\`, which installs it`);
  }
  const agent = (await filesIn(fs.readFileSync(bundle), (file) => file === name)).get(name);
  if (agent) return agent;
  throw new Failure(`${bundle} holds no agent for the shared host (${name}): run \`berth dev init\` again`);
}

function onePerUid(users: RemoteUser[]): RemoteUser[] {
  return [...new Map([...users].reverse().map((user) => [user.uid, user])).values()];
}
