/** What `berth-workspace status --json` prints: the workspace as it sees itself. */

/** A program that the workspace keeps running. */
export interface ServiceStatus {
  name: "sshd" | "editor";
  /** starting: runs, and has not answered yet. waiting: ended, and is started again after a pause. */
  state: "starting" | "answers" | "silent" | "waiting" | "stopped";
  /** How often it was started again. */
  restarts: number;
  /** Why it does not answer. */
  problem?: string;
}

/** Work that is done once, behind the services. */
export interface OnceStatus {
  /** `repository shop`, `setup of shop`, `dotfiles`, `extensions`. */
  what: string;
  state: "running" | "done" | "failed";
  /** Why it failed, without any secret. */
  problem?: string;
}

export interface WorkspaceStatus {
  name: string;
  /** Whether everything that the image has answers. */
  healthy: boolean;
  /** ISO 8601. */
  startedAt: string;
  services: ServiceStatus[];
  once: OnceStatus[];
  idleStop: {
    /** 0: it never stops by itself. */
    afterMinutes: number;
    /** Whole minutes since somebody or something used it. */
    idleMinutes: number;
    /** Why it counts as used at the moment, such as `1 connection to SSH`; empty while idle. */
    inUse: string[];
    /** ISO 8601; absent where nobody asked for it. */
    keptAwakeUntil?: string;
    /** When it ends if nobody uses it: ISO 8601, absent while it is in use. */
    endsAt?: string;
  };
}
