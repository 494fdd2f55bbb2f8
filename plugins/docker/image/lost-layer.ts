import { engineMessage } from "../engine/errors";

/** As the engine says that a layer of the cache was there a moment ago. */
const LOST_LAYER = /(unable to find image|No such image:|failed to get digest) "?sha256:[0-9a-f]{64}/;
const MOST_BUILDS = 3;

/**
 * Builds again where a cached layer was removed while the builder looked for it: somebody's prune or purge on the same engine. The classic
 * builder does not hold what it looks at (moby/moby#29011, closed as it is); this may go with the classic builder.
 * @param onLost is told before each repetition.
 */
export async function despiteLostLayers<T>(
  build: () => Promise<T>,
  signal: AbortSignal,
  onLost: () => void,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await build();
    } catch (error) {
      if (attempt === MOST_BUILDS || signal.aborted || !LOST_LAYER.test(engineMessage(error))) throw error;
      onLost();
    }
  }
}
