import * as fs from "node:fs";
import * as path from "node:path";
import { IdentityStore } from "../cli/identity/store";
import { PROJECT_FILE } from "../cli/secrets/project-secrets";
import { projectSecrets } from "../cli/secrets/open-stores";
import { readSettings } from "../cli/settings";
import type { ProjectSecretReader } from "./app-secrets";

/**
 * The secrets of a project's berth.secrets.json, opened with the identity of whoever runs this: the one of `berth` on this machine
 * (BERTH_HOME, BERTH_DEV_ID, else ~/.berth). Nothing is read before the first secret is asked for, and nothing is thrown.
 */
export function projectSecretReader(projectFolder: string): ProjectSecretReader {
  return async ({ app, key }) => {
    if (!fs.existsSync(path.join(projectFolder, PROJECT_FILE))) return {};
    try {
      const settings = readSettings({ workspace: projectFolder });
      const { home, devId } = settings;
      const identity =
        devId.value === undefined ? undefined : new IdentityStore(home.value, devId.value).current();
      if (!identity || devId.value === undefined) {
        return {
          problem: `${PROJECT_FILE} is not opened without an identity in ${home.value}: berth dev init`,
        };
      }
      const { secrets } = await projectSecrets({
        ...{ home: home.value, devId: devId.value, identity, settings },
      });
      return { value: (await secrets.get({ key, app })) ?? (await secrets.get({ key })) };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  };
}
