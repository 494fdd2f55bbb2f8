import { homeFolder } from "../names";

/** Users of the sync container: an app's files are written as the user that the app runs as. */
export interface RemoteUser {
  uid: number;
  gid: number;
}

/** @param text as berth.yaml has it: "10001", or "10001:10002". */
export function parseUser(text: string): RemoteUser {
  const [uid = 0, gid = uid] = text.split(":").map(Number);
  return { uid, gid };
}

/** One entry for each user; the same user in another group joins that group too. */
export function accountFiles(users: RemoteUser[]): { passwd: string; group: string } {
  const first = new Map<number, number>();
  for (const { uid, gid } of users) if (!first.has(uid)) first.set(uid, gid);
  // Mutagen wants to be told a user by the name that `id -un` prints: here the name is the number.
  const passwd = [...first].map(([uid, gid]) => `${uid}:x:${uid}:${gid}::${homeFolder(uid)}:/bin/sh`);
  const groups = new Map<number, Set<number>>();
  for (const { uid, gid } of users) groups.set(gid, (groups.get(gid) ?? new Set()).add(uid));
  const group = [...groups].map(([gid, members]) => `${gid}:x:${gid}:${[...members].join(",")}`);
  const lines = (own: string[], always: string): string => [...own, always, ""].join("\n");
  return {
    passwd: lines(passwd, "root:x:0:0:root:/root:/bin/sh"),
    group: lines(group, "root:x:0:"),
  };
}
