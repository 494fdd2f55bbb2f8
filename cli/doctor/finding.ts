/** What a check found. */
export interface Finding {
  /** "skipped": it needs what an earlier check found missing. */
  state: "ok" | "warn" | "fail" | "skipped";
  /** What is so. */
  what: string;
  /** What to do about it. */
  fix?: string;
  /** Does it, where that loses nothing; says what it did. */
  mend?: () => Promise<string>;
}

export const ok = (what: string): Finding => ({ state: "ok", what });
