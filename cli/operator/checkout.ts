import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { foldersUpFrom } from "../app/workspace";
import { EXIT, Failure } from "../failure";
import { readIfThere } from "../files";

/** Options of the commands that change what an operator's checkout describes. */
export interface CheckoutFlags {
  checkout?: string;
}

/** The program that a checkout has for us. */
const DRIVER = path.join("scripts", "drive.ts");

/**
 * The checkout of Berth whose stacks are changed: as named by --checkout or BERTH_CHECKOUT, else the one around the current folder.
 * @returns its folder; undefined where there is none.
 * @throws Failure (usage) where the named one is none.
 */
export function findCheckout(
  { checkout }: CheckoutFlags,
  environment: NodeJS.ProcessEnv = process.env,
  currentFolder = process.cwd(),
): string | undefined {
  const named = checkout ?? (environment.BERTH_CHECKOUT || undefined);
  if (named === undefined) return foldersUpFrom(currentFolder).find(isCheckout);
  const folder = path.resolve(currentFolder, named);
  if (isCheckout(folder)) return folder;
  const source = checkout === undefined ? "BERTH_CHECKOUT" : "--checkout";
  throw new Failure(
    `${source} '${named}' is no checkout of Berth: give the folder with its Pulumi.yaml and ${DRIVER}`,
    EXIT.usage,
  );
}

/** @throws Failure (usage) that says how to name one. */
export function requiredCheckout(flags: CheckoutFlags): string {
  const folder = findCheckout(flags);
  if (folder !== undefined) return folder;
  throw new Failure(
    "this needs the operator's checkout of Berth, with its state and an engine: run it in that folder, or name it with --checkout or BERTH_CHECKOUT",
    EXIT.usage,
  );
}

function isCheckout(folder: string): boolean {
  const text = readIfThere(path.join(folder, "Pulumi.yaml"));
  if (text === undefined || !fs.existsSync(path.join(folder, DRIVER))) return false;
  try {
    return (parse(text) as { name?: unknown } | null)?.name === "berth";
  } catch {
    // Somebody else's Pulumi.yaml, and wrong at that.
    return false;
  }
}
