import type { AppManifest } from "./app-manifest";

/** Role of the image that apps of a language are built on; its folder under images/ has the same name. */
export const RUNTIME_ROLES: Record<AppManifest["language"], string> = {
  typescript: "runtime-node",
  python: "runtime-python",
};
