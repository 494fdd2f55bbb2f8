import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";
import { projectRoot, stateFolder } from "./paths";
import { processCommand } from "./process-identity";
import { pulumiVariables } from "./pulumi";

/** Source: pulumi, pkg/backend/diy/lock.go, lockContent. */
const lockSchema = z.object({
  pid: z.int(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/** A lock that a Pulumi engine holds, or left behind, on a stack in a file backend. */
export interface PulumiLock extends z.infer<typeof lockSchema> {
  /** "left": its process, which was on this host, is gone. "unknown": it is another host's. */
  holder: "alive" | "left" | "unknown";
}

/** The folder of the file backend that is in use; undefined for another kind of backend, whose locks Pulumi itself explains. */
function backendFolder(stack: string): string | undefined {
  const chosen = process.env.PULUMI_BACKEND_URL;
  if (pulumiVariables(stack).PULUMI_BACKEND_URL || !chosen) return stateFolder;
  if (!chosen.startsWith("file://")) return undefined;
  const place = chosen.replace(/\?.*$/, "");
  if (place.startsWith("file://~")) return path.join(os.homedir(), place.slice("file://~".length));
  return place.startsWith("file:///")
    ? fileURLToPath(place)
    : path.resolve(projectRoot, place.slice("file://".length));
}

function holderOf({ pid, hostname }: z.infer<typeof lockSchema>): PulumiLock["holder"] {
  if (hostname !== os.hostname()) return "unknown";
  return processCommand(pid)?.includes("pulumi") ? "alive" : "left";
}

/** All locks of Pulumi's own on a stack. */
export function pulumiLocks(stack: string): PulumiLock[] {
  const backend = backendFolder(stack);
  if (backend === undefined) return [];
  const { name } = parse(fs.readFileSync(path.join(projectRoot, "Pulumi.yaml"), "utf8")) as { name: string };
  const folder = path.join(backend, ".pulumi/locks/organization", name, stack);
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => lockSchema.parse(JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"))))
    .map((lock) => ({ ...lock, holder: holderOf(lock) }));
}

/** Who holds a lock that is not known to be left behind, and what to do. */
export function pulumiLockRefusal(
  stack: string,
  { pid, username, hostname, timestamp, holder }: PulumiLock,
): Error {
  const who = `the stack '${stack}' is locked by a Pulumi command of ${username} (process ${pid} on ${hostname}, since ${timestamp})`;
  return new Error(
    holder === "alive"
      ? `${who}: wait until it has ended, or ask it to end with: kill -INT ${pid}`
      : `${who}: whether it still runs can only be seen there. If it does not, run there: make recover ENV=${stack}, or here: pulumi cancel ${stack}`,
  );
}
