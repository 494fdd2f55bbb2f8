import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { Archive, Asset, type Properties, type Value } from "../../kit/types";
import { isObject } from "../../kit/values";
import { texts } from "../properties";
import { globExpression } from "./glob";

/** The outputs `assets` and `archive`: files that the command left where `assetPaths` and `archivePaths` look. */
export async function foundFiles(inputs: Properties, dir: string): Promise<Properties> {
  const [assetPaths, archivePaths] = [texts(inputs, "assetPaths"), texts(inputs, "archivePaths")];
  const found: Properties = {};
  if (assetPaths !== undefined) found["assets"] = await assetsOf(dir, assetPaths);
  if (archivePaths !== undefined)
    found["archive"] = new Archive({ assets: await assetsOf(dir, archivePaths) });
  return found;
}

/**
 * The outputs of a state with the places of their files again: the engine tells a plugin of assets in a state only the hash.
 * An asset keeps its hash; an archive is what `archivePaths` finds now.
 */
export async function withPlaces(state: Properties, dir: string): Promise<Properties> {
  const placed = { ...state };
  if (isObject(state["assets"])) {
    const entries = Object.entries(state["assets"]);
    placed["assets"] = Object.fromEntries(
      entries.map(([path, asset]) => [path, placedAsset(dir, path, asset)]),
    );
  }
  if (state["archive"] instanceof Archive)
    placed["archive"] = new Archive({
      assets: existsSync(dir) ? await assetsOf(dir, texts(state, "archivePaths") ?? []) : {},
    });
  return placed;
}

function placedAsset(dir: string, path: string, asset: Value): Asset {
  const hash = asset instanceof Asset ? asset.source.hash : undefined;
  return new Asset({ path: join(dir, path), ...(hash !== undefined && { hash }) });
}

/** Rules apply in order to every file; one that starts with `!` takes away what earlier ones added. */
async function assetsOf(dir: string, globs: string[]): Promise<Record<string, Asset>> {
  const rules = globs.map((glob) => ({
    exclude: glob.startsWith("!"),
    expression: globExpression(glob.replace(/^!/, "")),
  }));
  const assets: Record<string, Asset> = {};
  for await (const path of filesBelow(dir)) {
    const last = rules.filter((rule) => rule.expression.test(path)).at(-1);
    if (last !== undefined && !last.exclude)
      assets[path] = new Asset({ path: join(dir, path), hash: await sha256(join(dir, path)) });
  }
  return assets;
}

async function* filesBelow(root: string, folder = ""): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(join(root, path))))) yield path;
  }
}

async function leadsToFile(link: string): Promise<boolean> {
  return stat(link).then(
    (target) => target.isFile(),
    () => false,
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
