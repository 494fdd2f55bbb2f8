// Makes the Pulumi engine, its Node language host and the provider plugins present in the project's own Pulumi home, and the
// bundles of our services. BERTH_TOOLCHAIN=download|registries allows one way only; see docs/decisions/0001-stand-in-plugins.md.
import { pulumiHome } from "./lib/paths";
import { main } from "./lib/steps";
import { bundles, ensureBundle } from "./toolchain-parts/bundles";
import { endCommandsOnSignals } from "./toolchain-parts/command";
import { ensureEngine } from "./toolchain-parts/engine";
import { ensureLanguageHost, ensureProviderPlugin } from "./toolchain-parts/plugins";
import { timed } from "./toolchain-parts/report";
import { PROVIDER_PLUGINS } from "./toolchain-parts/versions";
import { allowedWays } from "./toolchain-parts/way";

main(async () => {
  endCommandsOnSignals();
  const ways = allowedWays(process.env);
  await timed(() => ensureEngine(pulumiHome, ways));
  await timed(() => ensureLanguageHost(pulumiHome));
  // One plugin that cannot be had must not hide what is wrong with another.
  const failures: string[] = [];
  for (const plugin of PROVIDER_PLUGINS) {
    await timed(() => ensureProviderPlugin(pulumiHome, plugin, ways)).catch((error: Error) =>
      failures.push(error.message),
    );
  }
  await timed(async () => {
    const built: string[] = [];
    for (const bundle of bundles(["services"])) if (await ensureBundle(bundle)) built.push(bundle.source);
    return {
      what: "bundles of our services",
      way: built.length > 0 ? `built ${built.join(", ")}` : "up to date",
    };
  });
  if (failures.length > 0) throw new Error(failures.join("\n"));
});
