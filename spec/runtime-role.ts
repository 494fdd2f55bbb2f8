import type { AppManifest } from "./app-manifest";

/** Role of the image that apps of a language are built on; its folder under images/ has the same name. */
export const RUNTIME_ROLES: Record<AppManifest["language"], string> = {
  typescript: "runtime-node",
  python: "runtime-python",
};

/** Every language that an app may be written in. */
export const languages = Object.keys(RUNTIME_ROLES) as AppManifest["language"][];

/** Role of the image that developers' sync containers run. */
export const SYNC_ROLE = "sync";

/** Role of the image that workspaces run; its folder under images/ has the same name. */
export const WORKSPACE_ROLE = "workspace";
