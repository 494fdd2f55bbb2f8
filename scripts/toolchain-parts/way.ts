/** Where parts of the toolchain may come from. */
export interface AllowedWays {
  /** Copies that this machine already has: on PATH, or in the user's own Pulumi home. */
  local: boolean;
  /** The official downloads. */
  download: boolean;
  /** Package registries alone: the engine from the Go module proxy, our own plugins. */
  registries: boolean;
}

/** One part of the toolchain, made present. */
export interface Part {
  what: string;
  /** How it came: "already installed", "downloaded", … */
  way: string;
}

/**
 * Reads `BERTH_TOOLCHAIN`: `download` or `registries` allow that way only, for tests and for hosts where the order of the
 * ways has to be skipped. By default all are tried in order: local, download, registries. Throws for any other value.
 */
export function allowedWays(environment: NodeJS.ProcessEnv): AllowedWays {
  const choice = environment.BERTH_TOOLCHAIN ?? "";
  switch (choice) {
    case "":
      return { local: true, download: true, registries: true };
    case "download":
      return { local: false, download: true, registries: false };
    case "registries":
      return { local: false, download: false, registries: true };
    default:
      throw new Error(
        `BERTH_TOOLCHAIN=${choice} is no way to get the toolchain: use download, registries, or leave it unset`,
      );
  }
}
