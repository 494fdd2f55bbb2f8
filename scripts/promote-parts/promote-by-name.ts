import { ConfigFile } from "../lib/config-file";
import { withLock } from "../lib/lock";
import { step } from "../lib/steps";
import { connectEngine, devScope, devSettings } from "./dev-settings";
import { promotableApps } from "./known-apps";
import { promote, type PromoteArgs, type Promoted } from "./promote";
import { appsInTst, selectImageUsers, serviceRoles } from "./selection";
import { registryOf } from "./stack-registry";

export interface PromotionByName {
  to: PromoteArgs["to"];
  /** An app, a service, `services` or `all`. */
  choice: string | undefined;
  /** Of the local images. */
  tag: string;
  /** Whose build of an app goes to tst: a developer's or CI's by `berth build`; that of `make build` where absent. */
  owner?: string;
  /** As the user typed it, for whoever finds the lock. */
  command: string;
}

/**
 * Promotes under the target stack's lock, so that nobody brings it up or promotes to it meanwhile.
 * @throws Error naming the lock's holder, or the image and what to do.
 */
export function promoteByName({ to, choice, tag, owner, command }: PromotionByName): Promise<Promoted[]> {
  return withLock(to, command, async () => {
    const settings = devSettings(ConfigFile.read("dev"));
    const chosen = selectImageUsers(choice, promotableApps(choice, to), serviceRoles(ConfigFile.read(to)));
    const users = choice === "all" && to === "pro" ? appsInTst(chosen, ConfigFile.read("tst")) : chosen;
    const registry = await registryOf(to);
    // What tst runs may be in another registry than pro's.
    const source = to === "pro" ? [await registryOf("tst")] : [];
    const engine = await connectEngine(settings, [...source, registry]);
    return step(`promote to ${to}, by registry ${registry.address}`, () =>
      promote({ to, users, engine, registry, scope: devScope(settings), tag, owner, onLine: showLine }),
    );
  });
}

/** Of the engine's progress only what is said once. */
function showLine(line: string): void {
  if (!/: (Pushing|Preparing|Waiting|Downloading|Extracting|Verifying)/.test(line))
    process.stderr.write(`  ${line}\n`);
}
