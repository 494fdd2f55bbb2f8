import type { MutagenSession } from "../mutagen/session";
import { note as tell } from "../output";
import { stateOf } from "./states";
import { SESSION_LABEL } from "./sync-session";

/** Says where an app's container has other source than this laptop, and what to do about it; nothing where it has the same. */
export function noteDifferences(app: string, session: MutagenSession, note = tell): void {
  const { conflicts, problems } = stateOf(app, session);
  // In the other mode the guard decides them in a moment.
  if (conflicts > 0 && session.labels?.[SESSION_LABEL.mode] !== "two-way-resolved") {
    note(
      `berth: ${conflicts} of ${app}'s files changed on both sides, and its container has its own version: \`berth sync conflicts ${app}\` lists them`,
    );
  }
  if (problems > 0) {
    note(
      `berth: ${problems} of ${app}'s files cannot be synchronised: \`berth sync status ${app}\` says why`,
    );
  }
}
