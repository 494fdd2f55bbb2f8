import { setTimeout as sleep } from "node:timers/promises";
import { causeOf } from "../../failure";
import type { Mutagen } from "../../mutagen/mutagen";
import type { MutagenSession } from "../../mutagen/session";
import { endTransports } from "../../mutagen/transports";

/** A connected session that answers nothing for so long, and does not go on with anything either, hangs. */
const ANSWERS_WITHIN_MS = 3_000;
/** Mutagen sees the end of its connection by then. */
const NOTICED_WITHIN_MS = 300;
const TRIES = 4;
const PAUSE_MS = 1_000;

/**
 * Brings Mutagen's connections back as soon as the way is there. By itself it notices a cut when TCP does, tries again every fifteen
 * seconds, and waits for tries that were begun without a way.
 */
export class Connections {
  constructor(
    private readonly mutagen: Mutagen,
    private readonly log: (text: string) => void,
  ) {}

  /** The way is cut: what hangs is ended now, so that Mutagen has nothing to wait for when it is there again. */
  async drop(sessions: readonly MutagenSession[]): Promise<void> {
    const containers = new Set(sessions.map(({ beta }) => beta.host ?? ""));
    for (const container of containers) {
      try {
        const ended = await endTransports(container);
        if (ended > 0) this.log(`${ended} connections that hang are ended`);
      } catch (error) {
        this.log(`connections that hang could not be ended: ${causeOf(error)}`);
      }
    }
  }

  /** The way is there: every session that does not answer is connected anew. */
  async restore(sessions: readonly MutagenSession[]): Promise<void> {
    this.log(`the sync container is reached: ${sessions.length} sessions`);
    const answers = await Promise.all(sessions.map((session) => this.isAlive(session)));
    const silent = sessions.filter((_, index) => answers[index] !== true);
    if (silent.length === 0) return;
    await this.drop(silent);
    await sleep(NOTICED_WITHIN_MS);
    await Promise.all(silent.map(({ name }) => this.connect(name)));
  }

  private async isAlive(session: MutagenSession): Promise<boolean> {
    if (!isConnected(session)) return false;
    if (await this.mutagen.flushWithin(session.name, ANSWERS_WITHIN_MS)) return true;
    const now = await this.mutagen.find(session.name);
    return now !== undefined && isConnected(now) && progressOf(now) !== progressOf(session);
  }

  /** Resuming connects at once where Mutagen would wait, and does nothing where it is connected. */
  private async connect(name: string): Promise<void> {
    for (let left = TRIES; left > 0; left -= 1) {
      try {
        await this.mutagen.resume(name);
        return;
      } catch (error) {
        this.log(`${name}: ${causeOf(error)}`);
      }
      await sleep(PAUSE_MS);
    }
  }
}

const isConnected = ({ alpha, beta }: MutagenSession): boolean => alpha.connected && beta.connected;

/** What changes while a large tree is looked through or brought over. */
function progressOf({ status, alpha, beta, successfulCycles }: MutagenSession): string {
  return JSON.stringify([status, successfulCycles, alpha, beta]);
}
