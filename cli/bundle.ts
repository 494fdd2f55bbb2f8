// Makes the berth command present: one file, built where its sources changed.
import * as path from "node:path";
import { dataRoot } from "../scripts/lib/paths";
import { main } from "../scripts/lib/steps";
import { ensureBundle } from "../scripts/toolchain-parts/bundles";

main(async () => {
  await ensureBundle({ source: "cli", file: path.join(dataRoot, "build", "berth.js") });
});
