import type Docker from "dockerode";
import { isAbsent } from "../engine/failure";
import { SYNC_NAME } from "../../spec/names";
import { note, printFact, type OutputOptions } from "../output";
import { openSession, type Session } from "../session";
import type { SettingFlags } from "../settings";
import { stopAllSync } from "../sync/stop";

export interface DownFlags extends SettingFlags, OutputOptions {
  containers?: boolean;
}

/** An app may take so long to end by itself. */
const STOP_WITHIN_SECONDS = 10;

/** `berth dev down`: what was saved is brought over, sync ends, and where asked the developer's containers are stopped. Nothing is removed. */
export async function downCommand(flags: DownFlags): Promise<void> {
  const session = await openSession(flags);
  const { stopped } = await stopAllSync(session);
  const containers = flags.containers === true ? await stopContainers(session) : [];
  const lines = [
    stopped.length > 0 ? `sync stopped: ${stopped.join(", ")}` : "no sync was running",
    ...(flags.containers === true
      ? [`containers stopped: ${containers.join(", ") || "none were running"}`]
      : []),
  ];
  printFact(flags, { syncs: stopped, containers }, lines.join("\n"));
}

/** The developer's own containers in dev, as the gateway lists them; the sync container last. */
async function stopContainers({ engine, devId }: Session): Promise<string[]> {
  const label = [`berth.owner=${devId}`, "berth.env=dev"];
  const running = await engine.listContainers({ filters: JSON.stringify({ label }) });
  const isSync = ({ Names }: Docker.ContainerInfo): boolean =>
    Names.some((name) => name.endsWith(`-${devId}-${SYNC_NAME}`));
  const stopped = await Promise.all(
    running.map(async (one) => {
      const name = (one.Names[0] ?? one.Id).replace(/^\//, "");
      note(`stopping ${name}`);
      try {
        // The sync container only waits: it has nothing to end.
        await engine.getContainer(one.Id).stop({ t: isSync(one) ? 1 : STOP_WITHIN_SECONDS });
      } catch (error) {
        // It ended meanwhile (304), or went.
        if (!isAbsent(error) && (error as { statusCode?: number }).statusCode !== 304) throw error;
      }
      return name;
    }),
  );
  return stopped.sort();
}
