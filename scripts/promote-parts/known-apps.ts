import * as fs from "node:fs";
import * as path from "node:path";
import { manifestFiles, nameIn } from "../../cli/app/manifest-files";
import { findApp } from "../../cli/app/find-app";
import { ConfigFile, type ConfiguredApp } from "../lib/config-file";
import { projectRoot } from "../lib/paths";

/** Words for more than one. */
const GROUPS = ["all", "services"];

/**
 * The apps that may be promoted: those that dev's config names; one by name also where the target's does, else the one of that name in the checkout, since
 * developers run apps that no config names (`berth run`).
 * @throws Error where several folders have an app of that name, or its berth.yaml is wrong.
 */
export function promotableApps(
  choice: string | undefined,
  to: "tst" | "pro",
  folder = projectRoot,
): ConfiguredApp[] {
  const apps = ConfigFile.read("dev", folder).apps();
  const isKnown = ({ manifest }: ConfiguredApp): boolean => manifest.name === choice;
  if (choice === undefined || GROUPS.includes(choice) || apps.some(isKnown)) return apps;
  const ofTarget = ConfigFile.read(to, folder).apps().filter(isKnown);
  if (ofTarget.length > 0) return [...apps, ...ofTarget];
  if (!manifestFiles(folder).some((file) => nameIn(file) === choice)) return apps;
  const found = findApp({ workspaceRoot: { value: folder, source: "default" } }, choice, folder);
  const place = path.relative(fs.realpathSync(folder), found.folder);
  return [...apps, { manifest: found.manifest, path: place.split(path.sep).join("/") }];
}
