import type { ServerSettings } from "../../spec/gateway-api";
import { openSession, type Session } from "../session";
import { readSettings, type Settings, type SettingFlags } from "../settings";
import type { Finding } from "./finding";

/** An engine or a gateway that stopped answering is what a check is to tell of, not to wait for. */
const SILENCE_MS = 30_000;

/** What checks look at; what cannot be had is asked once. */
export class Diagnosis {
  readonly settings: Settings;
  private opened: Promise<Session> | undefined;

  constructor(readonly flags: SettingFlags & { checkout?: string }) {
    this.settings = readSettings(flags);
  }

  /** With a usable identity. Renews one that is due, as every command does. */
  session(): Promise<Session> {
    return (this.opened ??= openSession(this.flags).then((session) => {
      (session.engine.modem as { timeout?: number }).timeout = SILENCE_MS;
      return session;
    }));
  }

  /** Looks at what needs the gateway; skipped where there is no identity or no answer, which checks of their own tell. */
  async withServer(
    look: (session: Session, server: ServerSettings) => Finding | Promise<Finding>,
  ): Promise<Finding> {
    let session: Session;
    let server: ServerSettings;
    try {
      session = await this.session();
      server = await session.server();
    } catch {
      return { state: "skipped", what: "needs the gateway" };
    }
    return look(session, server);
  }

  /** Looks at what needs an identity only. */
  async withSession(look: (session: Session) => Finding | Promise<Finding>): Promise<Finding> {
    let session: Session;
    try {
      session = await this.session();
    } catch {
      return { state: "skipped", what: "needs an identity" };
    }
    return look(session);
  }
}
