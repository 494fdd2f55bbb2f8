/** How Fly.io sees that a workspace works; the same in a machine's config and in fly.toml. */
export const HEALTH = {
  /** code-server answers there without a login. */
  editorPath: "/healthz",
  editor: { interval: "30s", timeout: "5s", grace_period: "30s" },
  // Seldom: to sshd a connection without a login is the beginning of an attack (PerSourcePenalties).
  ssh: { interval: "60s", timeout: "5s", grace_period: "15s" },
} as const;

/** A workspace ends within 10 s of SIGTERM. */
export const STOP = { signal: "SIGTERM", seconds: 15 } as const;
