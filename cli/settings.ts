import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { parseYamlText } from "../config/yaml-text";
import { developerIdProblem } from "../services/onboarding/identity/role";
import { EXIT, Failure } from "./failure";
import { syncMode } from "../spec/app-manifest";
import { readIfThere, writePrivate } from "./files";
import { enclosingWorkspace } from "./app/workspace";

/** Where a setting's value comes from, the strongest first. */
export type Source = "flag" | "environment" | "file" | "server" | "default";

/** A setting with where it comes from; no value where nobody has given one. */
export interface Setting {
  value: string | undefined;
  source: Source;
}

/** Options of every command that works with this laptop's settings. */
export interface SettingFlags {
  home?: string;
  devId?: string;
  server?: string;
  workspace?: string;
}

/** config.yaml: what its developer has chosen. What the server says is kept beside the certificate. */
const configFile = z.strictObject({
  /** Developer id, such as 01. */
  devId: z.string().optional(),
  /** The onboarding service. */
  server: z.string().optional(),
  /** SHA-256 of the root that was confirmed at `berth dev init`. */
  caFingerprint: z.string().optional(),
  /** Folder under which apps are looked for, and outside of which nothing is sent. */
  workspaceRoot: z.string().optional(),
  /** For apps whose berth.yaml does not say. */
  syncMode: syncMode.optional(),
  /** Package that `berth upgrade-check` asks the npm registry for; nobody is asked where it is absent. */
  upgradeCheck: z
    .string()
    .regex(/^(@[a-z0-9._-]+\/)?[a-z0-9._-]+$/, "must be the name of an npm package")
    .optional(),
});

export type ConfigFile = z.output<typeof configFile>;

export interface Settings {
  home: Setting & { value: string };
  devId: Setting;
  server: Setting;
  caFingerprint: Setting;
  workspaceRoot: Setting & { value: string };
  syncMode: Setting;
}

/**
 * Reads every setting from the flags, the environment, config.yaml and the defaults.
 * @throws Failure (usage) where a value cannot be one.
 */
export function readSettings(flags: SettingFlags, environment = process.env): Settings {
  const fallback = path.join(os.homedir(), ".berth");
  const home = choose(flags.home, environment.BERTH_HOME, undefined, fallback) as Settings["home"];
  home.value = path.resolve(home.value);
  const file = readConfigFile(home.value);
  const devId = choose(flags.devId, environment.BERTH_DEV_ID, file.devId);
  const problem = devId.value === undefined ? undefined : developerIdProblem(devId.value);
  if (problem !== undefined) throw new Failure(`${problem} (from ${sourceText(devId.source)})`, EXIT.usage);
  const server = choose(flags.server, environment.BERTH_SERVER, file.server);
  if (server.value !== undefined) server.value = serverOf(server.value, server.source);
  return {
    ...{ home, devId, server },
    caFingerprint: choose(undefined, undefined, file.caFingerprint),
    workspaceRoot: workspaceRootOf(choose(flags.workspace, environment.BERTH_WORKSPACE, file.workspaceRoot)),
    syncMode: choose(undefined, undefined, file.syncMode, "two-way-safe"),
  };
}

/** Writes config.yaml whole. */
export function writeConfigFile(home: string, content: ConfigFile): void {
  writePrivate(configPath(home), `# Written by \`berth dev init\`.\n${stringify(content)}`);
}

/** @throws Failure (usage) that names the setting and how to give it. */
export function required(settings: Settings, name: "devId" | "server"): string {
  const { value } = settings[name];
  if (value !== undefined) return value;
  const ways = {
    devId: ["the developer id is missing", "--dev-id 01", "BERTH_DEV_ID"],
    server: ["the onboarding service is missing", "--server https://host:8443", "BERTH_SERVER"],
  }[name];
  throw new Failure(
    `${ways[0]}: give ${ways[1]}, or set ${ways[2]}; \`berth dev init\` writes it to ${configPath(settings.home.value)}`,
    EXIT.usage,
  );
}

export const configPath = (home: string): string => path.join(home, "config.yaml");

/** What config.yaml holds; nothing where there is none. @throws Failure where it cannot be read. */
export function readConfigFile(home: string): ConfigFile {
  const file = configPath(home);
  const text = readIfThere(file);
  // Comments alone are no map of keys.
  if (text === undefined || text.replace(/^\s*#.*$/gm, "").trim() === "") return {};
  try {
    return parseYamlText(text, file, configFile);
  } catch (error) {
    throw new Failure(
      `${(error as Error).message}\n${file} cannot be read: correct it, or move it away and run \`berth dev init\` again`,
      EXIT.failed,
      { cause: error },
    );
  }
}

/** The folder as given, or the git checkout around the current folder, or that folder itself. */
function workspaceRootOf({ value, source }: Setting): Settings["workspaceRoot"] {
  if (value === undefined) return { value: enclosingWorkspace(process.cwd()), source };
  const folder = value.replace(/^~(?=\/|$)/, os.homedir());
  if (source === "file" && !path.isAbsolute(folder))
    throw new Failure(`workspaceRoot '${value}' (from config.yaml) must be an absolute path`, EXIT.usage);
  const absolute = path.resolve(folder);
  if (fs.statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return { value: absolute, source };
  throw new Failure(
    `the workspace '${value}' (from ${sourceText(source)}) is no folder: give one with --workspace, BERTH_WORKSPACE or workspaceRoot`,
    EXIT.usage,
  );
}

function serverOf(text: string, source: Source): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.pathname === "/" && url.search === "" && url.username === "" && url.hash === "";
  if (url?.protocol === "https:" && isPlain) return url.origin;
  throw new Failure(
    `'${text}' (from ${sourceText(source)}) is no address of an onboarding service: give it as https://host:8443`,
    EXIT.usage,
  );
}

/** An empty environment variable is as good as none. */
function choose(flag?: string, environment?: string, file?: string, fallback?: string): Setting {
  if (flag !== undefined) return { value: flag, source: "flag" };
  if (environment) return { value: environment, source: "environment" };
  if (file !== undefined) return { value: file, source: "file" };
  return { value: fallback, source: "default" };
}

function sourceText(source: Source): string {
  return source === "flag" ? "an option" : source === "file" ? "config.yaml" : `the ${source}`;
}
