import { ALWAYS_IGNORED } from "../configuration";

/** How the stream from the sync container behaves, in milliseconds. */
export const SETTINGS_OF_WATCH = {
  /** It says so often that it is alive. */
  beatMs: 3_000,
  /** Silent for so long, it is taken for cut. */
  silenceMs: 8_000,
  /** To open it. */
  openMs: 4_000,
  /** Between tries. */
  retryMs: 1_500,
} as const;

/** Runs in the sync container: a line for every change below /sources, and an empty one as a sign of life. Ends with its stream. */
export function watchCommand(): string[] {
  const ignored = ALWAYS_IGNORED.map((name) => name.replace(".", "\\.")).join("|");
  const events = "close_write,create,delete,move,attrib";
  const watch = `inotifywait --quiet --monitor --recursive --event ${events} --format %w --exclude '/(${ignored})(/|$)' /sources`;
  const beat = `while echo; do sleep ${SETTINGS_OF_WATCH.beatMs / 1000}; done`;
  return ["sh", "-c", `${watch} & watch=$!; ${beat}; kill $watch`];
}
