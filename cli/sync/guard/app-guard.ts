import type { Mutagen } from "../../mutagen/mutagen";
import type { MutagenSession } from "../../mutagen/session";
import { ignoredBy, type Ignored } from "../ignored";
import { Keeper, type KeptChanges } from "../trash/keeper";
import type { TrashPlaces } from "../trash/places";
import { LocalWatch } from "./local-watch";
import { MassDeletionWatch, type MassDeletion } from "./mass-deletion";

export interface AppGuardEvents {
  /** Files went: they are in the trash now. */
  removed: (changes: KeptChanges) => void;
  massDeletion: (deletion: MassDeletion) => void;
}

/** Between two looks through the tree. */
const LOOK_EVERY_MS = 400;
/** Without any sign of a change. */
const LOOK_AT_LEAST_EVERY_MS = 5_000;
/** Changes in the container that come together. */
const REMOTE_PAUSE_MS = 100;
/** The same where files cannot be brought there, as on a full disk: each try is a change itself. */
const REMOTE_PAUSE_OF_TRIES_MS = 2_000;

/** Watches over one app's tree on this laptop. */
export class AppGuard {
  private readonly keeper: Keeper;
  private readonly watch: LocalWatch;
  private readonly deletions = new MassDeletionWatch();
  private session: MutagenSession;
  private lookedMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private remoteTimer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  private wantsFlush = false;

  constructor(
    session: MutagenSession,
    places: TrashPlaces,
    private readonly mutagen: Mutagen,
    private readonly events: AppGuardEvents,
    ignored: Ignored = ignoredBy(session.ignore.paths),
  ) {
    this.session = session;
    this.keeper = new Keeper(session.alpha.path, places, ignored);
    this.watch = new LocalWatch(session.alpha.path, ignored, () => this.changed());
    this.lookSoon();
  }

  /** Whether this is the session that is watched over, and not one of the same name made later. */
  isFor({ identifier }: MutagenSession): boolean {
    return identifier === this.session.identifier;
  }

  /** What Mutagen says now. */
  update(session: MutagenSession): void {
    const before = this.session;
    this.session = session;
    if (session.paused) this.deletions.reset();
    if (session.successfulCycles !== before.successfulCycles) this.lookSoon();
    this.judge();
  }

  /** A file changed on this laptop. */
  changed(): void {
    this.flush();
    this.lookSoon();
  }

  /** A file changed in the container. Changes that sync itself makes are told here too. */
  changedRemotely(): void {
    if (this.remoteTimer) return;
    const isTrying = (this.session.beta.transitionProblems ?? []).length > 0;
    this.remoteTimer = setTimeout(
      () => {
        this.remoteTimer = undefined;
        this.flush();
      },
      isTrying ? REMOTE_PAUSE_OF_TRIES_MS : REMOTE_PAUSE_MS,
    );
  }

  /** Called every second. */
  tick(): void {
    if (Date.now() - this.lookedMs > LOOK_AT_LEAST_EVERY_MS) this.lookSoon();
  }

  close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.remoteTimer);
    this.watch.close();
  }

  /** Has Mutagen look at both sides now, once more where something changes while it does. */
  private flush(): void {
    this.wantsFlush = true;
    this.flushing ??= (async () => {
      while (this.wantsFlush) {
        this.wantsFlush = false;
        // It fails where the session is not connected: then it looks when it is again.
        await this.mutagen.flush(this.session.name).catch(() => undefined);
      }
    })().finally(() => (this.flushing = undefined));
  }

  private lookSoon(): void {
    if (this.timer) return;
    const inMs = Math.max(0, this.lookedMs + LOOK_EVERY_MS - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.look();
    }, inMs);
  }

  private look(): void {
    const changes = this.keeper.look();
    this.lookedMs = Date.now();
    this.watch.follow(this.keeper.folders);
    if (changes.removed.length > 0) this.events.removed(changes);
  }

  private judge(): void {
    const { alpha, beta, paused } = this.session;
    if (paused || !alpha.scanned || !beta.scanned) return;
    const found = this.deletions.observe({ atMs: Date.now(), laptop: alpha.files, container: beta.files });
    if (found) this.events.massDeletion(found);
  }
}
