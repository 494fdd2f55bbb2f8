// Makes the berth command present: bundled, where its sources changed.
import { main } from "../scripts/lib/steps";
import { CLI, ensureBundle } from "../scripts/toolchain-parts/bundles";

main(async () => {
  await ensureBundle(CLI);
});
