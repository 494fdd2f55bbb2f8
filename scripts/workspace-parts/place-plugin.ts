import { pulumiHome } from "../lib/paths";
import { ensureProviderPlugin } from "../toolchain-parts/plugins";
import { timed } from "../toolchain-parts/report";
import { CLOUD_PLUGINS } from "../toolchain-parts/versions";
import { allowedWays } from "../toolchain-parts/way";
import type { WorkspacePlace } from "./project";

/** Brings the provider plugin that a place alone needs. @throws Error where no allowed way leads to it. */
export async function ensurePlacePlugin(place: WorkspacePlace): Promise<void> {
  if (place !== "azure") return;
  await timed(() => ensureProviderPlugin(pulumiHome, CLOUD_PLUGINS.azure, allowedWays(process.env)));
}
