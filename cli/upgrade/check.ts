import { z } from "zod";
import { version } from "../../package.json";
import { causeOf, EXIT, Failure } from "../failure";
import { printFact, type OutputOptions } from "../output";
import { configPath, readConfigFile, readSettings, type SettingFlags } from "../settings";

export type UpgradeFlags = SettingFlags & OutputOptions;

const REGISTRY = "https://registry.npmjs.org/";
const TIMEOUT_MS = 10_000;
const manifest = z.object({ version: z.string() });

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
  // As npm itself is told of another registry.
  const registry = environment.npm_config_registry || REGISTRY;
  const latest = await latestAt(
    new URL(`${name}/latest`, registry.endsWith("/") ? registry : `${registry}/`),
  );
  const isNewest = latest === version;
  const text = isNewest ? `${version} is the newest version` : `${latest} is there, this is ${version}`;
  printFact(flags, { version, checked: true, latest, isNewest }, text);
}

async function latestAt(url: URL): Promise<string> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    return manifest.parse(await answer.json()).version;
  } catch (error) {
    throw new Failure(
      `${url.host} cannot be asked for the newest version: ${causeOf(error)}. npm_config_registry names another registry`,
      EXIT.unreachable,
      { cause: error },
    );
  }
}
