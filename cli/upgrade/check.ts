import { version } from "../../package.json";
import { printFact, type OutputOptions } from "../output";
import { configPath, readConfigFile, readSettings, type SettingFlags } from "../settings";
import { newestVersion } from "./npm-view";

export type UpgradeFlags = SettingFlags & OutputOptions;

/**
 * `berth upgrade-check`: the one command that asks somebody else than the team's own server, and only where config.yaml says so.
 * @param environment for tests.
 */
export async function upgradeCheck(flags: UpgradeFlags, environment = process.env): Promise<void> {
  const home = readSettings(flags).home.value;
  const { upgradeCheck: name } = readConfigFile(home);
  if (name === undefined) {
    const text = `${version}; nobody was asked: upgradeCheck: <npm package> in ${configPath(home)} turns it on`;
    printFact(flags, { version, checked: false }, text);
    return;
  }
  const latest = await newestVersion(name, environment);
  const isNewest = latest === version;
  const text = isNewest ? `${version} is the newest version` : `${latest} is there, this is ${version}`;
  printFact(flags, { version, checked: true, latest, isNewest }, text);
}
