import { createHash } from "node:crypto";

/** Where at Fly.io a workspace is. */
export interface FlyPlace {
  /** Three letters of Fly's list of regions. A volume cannot move: another region means another workspace. */
  region: string;
  /** Slug of the organization that it belongs to and that pays for it; default "personal". */
  organization?: string;
  /** Start of the app's name; default "berth". */
  namePrefix?: string;
}

/** Of the one volume and the one machine in a workspace's app. */
export const VOLUME_NAME = "workspace";
export const MACHINE_NAME = "workspace";

/** An app's name is the first label of its host name (RFC 1035, 2.3.4; superfly/flyctl#4283). */
const LONGEST = 63;
const DIGEST_DIGITS = 6;

/**
 * Name of the app: `<prefix>-<owner>-<name>-<digest>`, of lower-case letters, digits and hyphens whatever goes in. Apps of all of
 * Fly.io's customers share one space of names; the digest keeps apart what reads the same, and one organization's from another's.
 */
export function appName({
  organization = "personal",
  namePrefix = "berth",
  owner,
  name,
}: Omit<FlyPlace, "region"> & { owner: string; name: string }): string {
  const digest = createHash("sha256")
    .update([organization, namePrefix, owner, name].join("\0"))
    .digest("hex")
    .slice(0, DIGEST_DIGITS);
  const readable = [namePrefix, owner, name]
    .join("-")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST - DIGEST_DIGITS - 1)
    .replace(/^-+|-+$/g, "");
  return readable === "" ? `workspace-${digest}` : `${readable}-${digest}`;
}
