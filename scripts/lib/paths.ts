import * as fs from "node:fs";
import * as path from "node:path";

/** The project's root folder: around this file, also where it was bundled. */
export const projectRoot = checkoutAround(__dirname) ?? path.resolve(__dirname, "../..");

/** Where everything generated lives: state, passphrase, logs. `BERTH_DATA_ROOT` moves it (tests, a second installation). */
export const dataRoot = path.resolve(projectRoot, process.env.BERTH_DATA_ROOT ?? ".berth");

/** Where the toolchain lives. `BERTH_TOOLCHAIN_ROOT` lets several data roots share one. */
export const toolchainRoot = path.resolve(projectRoot, process.env.BERTH_TOOLCHAIN_ROOT ?? dataRoot);

export const pulumiHome = path.join(toolchainRoot, "pulumi-home");
export const passphraseFile = path.join(dataRoot, "passphrase");
export const stateFolder = path.join(dataRoot, "state");
export const logFolder = path.join(dataRoot, "log");

function checkoutAround(folder: string): string | undefined {
  if (fs.existsSync(path.join(folder, "tools", "go.mod"))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : checkoutAround(parent);
}
