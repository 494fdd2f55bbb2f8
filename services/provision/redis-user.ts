import { createHash } from "node:crypto";
import type { ContainerShell } from "./container-shell";
import { onceReady, waitUntilReady } from "./wait-until-ready";

export interface RedisUser {
  user: string;
  keyPrefix: string;
}

/** What ACL SETUSER and SAVE, and ACL DELUSER, answer. */
const SUCCESS = /^(OK|[0-9]+)$/;

interface Options {
  timeoutSeconds: number;
}

/**
 * What an app may do: everything on its own keys and channels, but no command that reaches past them. Redis checks key patterns only
 * for commands that name keys, so those that walk the keyspace (scan, keys, randomkey, dbsize), share code between users (function)
 * or list channels have to be taken away by name.
 */
const COMMANDS =
  "+@all -@admin -@dangerous -scan -randomkey -dbsize -function -fcall -fcall_ro -script|flush -script|kill -pubsub";

/**
 * Makes the user, or sets it right, and saves the access list. Names come checked (names.ts).
 * @returns a line for the log.
 * @throws Error when the server is not ready in time, or with Redis's own message.
 */
export async function grantRedisUser(
  shell: ContainerShell,
  { user, keyPrefix, password }: RedisUser & { password: string },
  { timeoutSeconds }: Options,
): Promise<string> {
  const hash = createHash("sha256").update(password).digest("hex");
  const setUser = `ACL SETUSER ${user} reset on #${hash} ~${keyPrefix}* &${keyPrefix}* ${COMMANDS}`;
  await onceReady(shell, timeoutSeconds, () => run(shell, [setUser, "ACL SAVE"]));
  return `redis user ${user} may use keys ${keyPrefix}* in ${shell.container}`;
}

/** Removes the user and ends its connections; its keys stay. A user that never was is fine. */
export async function removeRedisUser(
  shell: ContainerShell,
  { user, keyPrefix }: RedisUser,
  { timeoutSeconds }: Options,
): Promise<string> {
  await waitUntilReady(shell, timeoutSeconds);
  // DELUSER ends the user's connections too.
  await run(shell, [`ACL DELUSER ${user}`, "ACL SAVE"]);
  return `redis user ${user} is locked out of ${shell.container}; keys ${keyPrefix}* are kept`;
}

/** Removes all keys of a prefix, in steps, so that others are served meanwhile only briefly later (Redis' SCAN, UNLINK). */
const UNLINK_KEYS =
  "local c='0' repeat local r=redis.call('SCAN',c,'MATCH',ARGV[1],'COUNT',1000) c=r[1] " +
  "if #r[2]>0 then redis.call('UNLINK',unpack(r[2])) end until c=='0' return redis.status_reply('OK')";

/** Removes the user, ends its connections, and removes its keys. A user that never was is fine. */
export async function dropRedisUser(shell: ContainerShell, { user, keyPrefix }: RedisUser): Promise<void> {
  await run(shell, [`ACL DELUSER ${user}`, "ACL SAVE", `EVAL "${UNLINK_KEYS}" 0 "${keyPrefix}*"`]);
}

/** Users whose names begin so. */
export async function redisUsers(shell: ContainerShell, start: string): Promise<string[]> {
  const { exitCode, stdout, stderr } = await shell.run(
    ["/usr/local/bin/berth-redis-cli", "-e"],
    "ACL USERS\n",
  );
  if (exitCode !== 0) throw new Error(`provision: Redis in ${shell.container} refused: ${stderr.trim()}`);
  return stdout.split("\n").filter((user) => user.startsWith(start));
}

/** In one process; redis-cli goes on after a command that failed, and ends with the last one's exit code. */
async function run(shell: ContainerShell, commands: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await shell.run(
    ["/usr/local/bin/berth-redis-cli", "-e"],
    `${commands.join("\n")}\n`,
  );
  const failed = stdout.split("\n").some((line) => line !== "" && !SUCCESS.test(line));
  if (exitCode !== 0 || failed)
    throw new Error(`provision: Redis in ${shell.container} refused: ${`${stdout}${stderr}`.trim()}`);
}
