/** Labels by which sync knows what it made. */
export const LABEL = {
  /** Role: source, state or container. */
  role: "org.berth.sync",
  app: "org.berth.sync.app",
  /** Random, for the life of a volume: what tells it from another of the same name. */
  volumeId: "org.berth.sync.volume-id",
  /** Numeric user, or user:group, that a volume's files belong to; on the container all of them, with blanks between. */
  user: "org.berth.sync.user",
} as const;
