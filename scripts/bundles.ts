// Bundles our plugins and services into one file each, where their sources changed: `scripts/bundles [plugins|services]`.
import * as path from "node:path";
import { projectRoot } from "./lib/paths";
import { main } from "./lib/steps";
import { bundles, ensureBundle } from "./toolchain-parts/bundles";
import { timed } from "./toolchain-parts/report";

main(async () => {
  const kinds = process.argv[2] === undefined ? (["plugins", "services"] as const) : [process.argv[2]];
  for (const kind of kinds) {
    if (kind !== "plugins" && kind !== "services")
      throw new Error(`'${kind}' is neither 'plugins' nor 'services'`);
    for (const bundle of bundles([kind])) {
      await timed(async () => ({
        what: `bundle ${path.relative(projectRoot, bundle.file)}`,
        way: (await ensureBundle(bundle)) ? `built from ${bundle.source}` : "up to date",
      }));
    }
  }
});
