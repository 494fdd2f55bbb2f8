import type { Duplex } from "node:stream";
import { causeOf } from "../../failure";
import { SETTINGS_OF_WATCH, watchCommand } from "./watch-command";

export interface RemoteWatchEvents {
  /** A file changed in the container, under /sources/<app>. */
  changed: (app: string) => void;
  /** The way to the container is there, after it was not. */
  reached: () => void;
  /** Nothing was heard for some time, or the container went. `isSilent`: the way is cut, and nobody was told. */
  lost: (why: string, isSilent: boolean) => void;
}

/** Opens a stream of a command's output in the sync container. */
export type OpenStream = (command: string[]) => Promise<Duplex>;

/**
 * One stream from the sync container, which says what changes there and, every few seconds, that it is alive. Mutagen itself looks only
 * every ten seconds on Linux, and does not notice a way that is cut until it has something to send.
 */
export class RemoteWatch {
  private stream: Duplex | undefined;
  private heardMs = 0;
  private opening = false;
  private isReached = false;
  private retryMs = 0;
  private tickedMs = Date.now();

  constructor(
    private readonly open: OpenStream,
    private readonly events: RemoteWatchEvents,
  ) {}

  /** Called every second: opens what is closed, closes what is silent. */
  tick(nowMs = Date.now()): void {
    const sleptMs = nowMs - this.tickedMs;
    this.tickedMs = nowMs;
    if (this.stream && nowMs - this.heardMs > SETTINGS_OF_WATCH.silenceMs) {
      // A laptop that slept heard nothing, which says nothing of the way.
      if (sleptMs > SETTINGS_OF_WATCH.silenceMs / 2) this.close("the laptop slept");
      else this.close("nothing is heard", true);
    }
    if (this.stream || this.opening || nowMs < this.retryMs) return;
    this.opening = true;
    void this.connect().finally(() => (this.opening = false));
  }

  stop(): void {
    this.stream?.destroy();
    this.stream = undefined;
  }

  private async connect(): Promise<void> {
    try {
      const stream = await withTimeout(this.open(watchCommand()), SETTINGS_OF_WATCH.openMs);
      this.stream = stream;
      this.heardMs = Date.now();
      let rest = "";
      stream.on("data", (chunk: Buffer) => {
        this.heard();
        const lines = (rest + chunk.toString()).split(/\r?\n/);
        rest = lines.pop() ?? "";
        for (const app of new Set(lines.flatMap((line) => /^\/sources\/([^/]+)\//.exec(line)?.[1] ?? [])))
          this.events.changed(app);
      });
      const ended = (): void => {
        if (this.stream === stream) this.close("the stream ended");
      };
      stream.on("error", ended).on("close", ended).on("end", ended);
    } catch (error) {
      this.close(causeOf(error));
    }
  }

  private heard(): void {
    this.heardMs = Date.now();
    if (this.isReached) return;
    this.isReached = true;
    this.events.reached();
  }

  private close(why: string, isSilent = false): void {
    this.stop();
    this.retryMs = Date.now() + SETTINGS_OF_WATCH.retryMs;
    if (this.isReached) this.events.lost(why, isSilent);
    this.isReached = false;
  }
}

async function withTimeout(opening: Promise<Duplex>, milliseconds: number): Promise<Duplex> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Error("no answer in time"));
    }, milliseconds);
  });
  // One that comes too late has no reader.
  void opening.then(
    (stream) => isLate && stream.destroy(),
    () => undefined,
  );
  try {
    return await Promise.race([opening, late]);
  } finally {
    clearTimeout(timer);
  }
}
