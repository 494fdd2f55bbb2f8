import * as path from "node:path";
import { readIfThere } from "../files";
import type { Settings } from "../settings";
import { PROJECT_FILE } from "./project-secrets";
import { nameOf } from "./name";

/** Keys of the developer's and the project's secrets, without opening any: for completion. */
export function secretNames({ home, devId, workspaceRoot }: Settings): string[] {
  const own = path.join(home.value, "secrets", `${devId.value ?? ""}.json`);
  const shared = path.join(workspaceRoot.value, PROJECT_FILE);
  const keys = [own, shared].flatMap((file) => {
    const { secrets = {} } = JSON.parse(readIfThere(file) ?? "{}") as { secrets?: object };
    return Object.keys(secrets).map((text) => nameOf(text).key);
  });
  return [...new Set(keys)].sort();
}
