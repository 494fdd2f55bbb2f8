import { setTimeout as sleep } from "node:timers/promises";
import { causeOf } from "../../failure";
import type { Mutagen } from "../../mutagen/mutagen";
import { isHalted, type MutagenSession } from "../../mutagen/session";
import { appOfSession } from "../names";
import { SESSION_LABEL } from "../sync-session";
import { trashPlaces } from "../trash/places";
import { alertText, writeAlert } from "./alert";
import { AppGuard } from "./app-guard";
import { Connections } from "./connections";
import type { MassDeletion } from "./mass-deletion";
import { Monitor } from "./monitor";
import { RemoteWatch, type OpenStream } from "./remote-watch";

export interface GuardParts {
  mutagen: Mutagen;
  home: string;
  devId: string;
  openStream: OpenStream;
  /** Says it to whoever is there: the log, and the terminal that sync was begun in. */
  tell: (text: string) => void;
  log: (text: string) => void;
  /** Files of an app that went are to be kept on the engine's side too. */
  keepRemotely: (app: string, batch: string) => Promise<void>;
  /** Decides conflicts for the laptop, after both versions are kept; returns how many versions lost. */
  decideForLaptop: (app: string, session: MutagenSession) => Promise<number>;
}

/** Without any session of the developer there is nothing to watch over. */
const IDLE_LIMIT_MS = 60_000;
const BETWEEN_STARTS_MS = 1_000;
/** After a decision that failed, as it does while there is no way to the container, or that found nothing to decide. */
const UNDECIDED_PAUSE_MS = 3_000;

/**
 * Watches over all syncs of a developer on this laptop, as long as there are any: keeps what goes, pauses what loses too much, brings
 * Mutagen back where it ends, and connects again as soon as the way is there.
 */
export class Guard {
  private readonly apps = new Map<string, AppGuard>();
  private sessions: MutagenSession[] = [];
  private readonly deciding = new Set<string>();
  private readonly monitor: Monitor;
  private readonly remote: RemoteWatch;
  private readonly connections: Connections;
  private readonly unkept = new Set<{ app: string; batch: string }>();
  private monitorEnded = true;
  private startedMs = 0;
  private idleSinceMs = Date.now();
  private timer: NodeJS.Timeout | undefined;
  private onStop: () => void = () => undefined;

  constructor(private readonly parts: GuardParts) {
    this.monitor = new Monitor(
      parts.mutagen,
      (all) => this.update(all),
      () => (this.monitorEnded = true),
    );
    this.connections = new Connections(parts.mutagen, parts.log);
    this.remote = new RemoteWatch(parts.openStream, {
      changed: (app) => this.apps.get(app)?.changedRemotely(),
      reached: () => {
        void this.connections.restore(this.running());
        for (const one of this.unkept) void this.keepThere(one);
      },
      lost: (why, isSilent) => {
        parts.log(`the way to the sync container is lost: ${why}`);
        if (isSilent) void this.connections.drop(this.running());
      },
    });
  }

  /** Resolves when there is nothing left to watch over, or `stop` was called. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.onStop = resolve));
    this.timer = setInterval(() => {
      this.tick();
      if (Date.now() - this.idleSinceMs > IDLE_LIMIT_MS) this.stop();
    }, 1_000);
    this.tick();
    await ended;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.monitor.stop();
    this.remote.stop();
    for (const app of this.apps.values()) app.close();
    this.apps.clear();
    this.onStop();
  }

  private tick(): void {
    if (this.monitorEnded && Date.now() - this.startedMs > BETWEEN_STARTS_MS) void this.startMonitor();
    const running = this.sessions.some(({ paused }) => !paused);
    if (running) {
      this.idleSinceMs = Date.now();
      this.remote.tick();
    } else this.remote.stop();
    for (const app of this.apps.values()) app.tick();
    // What failed is tried again: Mutagen says nothing new of a conflict that stays.
    this.decideAll();
  }

  /** Mutagen's daemon goes on with what it had when it is started again. */
  private async startMonitor(): Promise<void> {
    this.monitorEnded = false;
    this.startedMs = Date.now();
    try {
      await this.parts.mutagen.startDaemon();
      this.monitor.start();
    } catch (error) {
      this.monitorEnded = true;
      this.parts.log(`Mutagen's daemon does not start: ${causeOf(error)}`);
    }
  }

  private update(all: MutagenSession[]): void {
    this.sessions = all.filter(({ name }) => appOfSession(this.parts.devId, name) !== undefined);
    const named = new Map(this.sessions.map((one) => [one.labels?.[SESSION_LABEL.app] ?? "", one]));
    for (const [app, guard] of this.apps) {
      if (named.has(app)) continue;
      guard.close();
      this.apps.delete(app);
    }
    for (const [app, session] of named) {
      const guard = this.apps.get(app);
      if (guard?.isFor(session)) guard.update(session);
      else {
        guard?.close();
        this.apps.set(app, this.newGuard(app, session));
      }
    }
    this.decideAll();
  }

  private newGuard(app: string, session: MutagenSession): AppGuard {
    const { home, devId, mutagen, log } = this.parts;
    return new AppGuard(session, trashPlaces(home, devId, app), mutagen, {
      removed: ({ removed, batch }) => {
        log(`${app}: ${removed.length} files went into ${batch}`);
        if (batch !== undefined) void this.keepThere({ app, batch });
      },
      massDeletion: (deletion) => void this.pause(app, session.name, deletion),
    });
  }

  /** Where there is no way at the moment, it is done when there is one. */
  private async keepThere(one: { app: string; batch: string }): Promise<void> {
    this.unkept.delete(one);
    try {
      await this.parts.keepRemotely(one.app, one.batch);
    } catch (error) {
      this.unkept.add(one);
      this.parts.log(
        `${one.app}: ${one.batch} could not be kept on the shared host too, until it is reached again: ${causeOf(error)}`,
      );
    }
  }

  private async pause(app: string, name: string, deletion: MassDeletion): Promise<void> {
    const alert = { app, at: new Date().toISOString(), ...deletion };
    writeAlert(this.parts.home, this.parts.devId, alert);
    await this.parts.mutagen.pause(name).catch((error: unknown) => this.parts.log(causeOf(error)));
    this.parts.tell(alertText(alert));
  }

  private running(): MutagenSession[] {
    return this.sessions.filter((one) => !one.paused && !isHalted(one));
  }

  private decideAll(): void {
    for (const { name, labels, paused, conflicts } of this.sessions) {
      const app = labels?.[SESSION_LABEL.app] ?? "";
      const isWanted = labels?.[SESSION_LABEL.mode] === "two-way-resolved" && !paused && conflicts?.length;
      if (isWanted && !this.deciding.has(app)) void this.decide(app, name);
    }
  }

  /**
   * What Mutagen tells of conflicts is of its last cycle, also while it is about to bring over what was decided: to decide that once more
   * would take the version that stays. So it looks at both sides before, and after, which also brings over what stays.
   */
  private async decide(app: string, name: string): Promise<void> {
    const { mutagen, log, decideForLaptop } = this.parts;
    this.deciding.add(app);
    try {
      await mutagen.flush(name);
      const session = await mutagen.find(name);
      if (!session?.conflicts?.length) return;
      const lost = await decideForLaptop(app, session);
      await mutagen.flush(name);
      if (lost === 0) await sleep(UNDECIDED_PAUSE_MS);
    } catch (error) {
      log(`${app}: a conflict is not decided yet: ${causeOf(error)}`);
      await sleep(UNDECIDED_PAUSE_MS);
    } finally {
      this.deciding.delete(app);
    }
  }
}
