import { createHash } from "node:crypto";

/** What tells one workspace from every other; the subscription, because some names are unique in all of Azure. */
export interface WorkspaceIdentity {
  prefix: string;
  environment: string;
  owner: string;
  name: string;
  subscriptionId: string;
}

/** The physical names of one workspace's resources. */
export interface AzureNames {
  resourceGroup: string;
  storageAccount: string;
  registry: string;
  identity: string;
  /** A UUID, as Azure wants it for role assignments. */
  roleAssignment: string;
  containerGroup: string;
  /** First label of the host name. */
  dnsLabel: string;
  logWorkspace: string;
}

/** Share that holds the workspace, and the one that holds the sidecar's certificates. */
export const WORKSPACE_SHARE = "workspace";
export const CERTIFICATES_SHARE = "certificates";

/** Only consonants and digits: no digest can spell a word, a reserved one least of all. */
const DIGEST_ALPHABET = "bcdfghjkmnpqrstvwxz23456789";
const DIGEST_LENGTH = 13;

/** No name that is part of a host name may hold these (learn.microsoft.com, "Resolve reserved resource name errors"). */
const RESERVED = /microsoft|windows|xbox|^login/g;

/**
 * Valid by Azure's rules whatever goes in: what cannot be in a name is left out, and a digest of all of it keeps two workspaces apart.
 * Rules: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; for the DNS label the service's own message,
 * 5 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last.
 */
export function azureNames(identity: WorkspaceIdentity): AzureNames {
  const { prefix, environment, owner, name } = identity;
  const unique = digest(identity);
  const readable = (longest: number, ...parts: string[]): string =>
    withDigest(hyphenated(parts.join("-")), unique, longest);
  const plain = (longest: number): string =>
    `${alphanumeric(prefix + name).slice(0, longest - DIGEST_LENGTH)}${unique}`;
  return {
    resourceGroup: readable(90, prefix, environment, owner, name),
    storageAccount: plain(24),
    registry: plain(50),
    identity: readable(128, prefix, environment, owner, name),
    roleAssignment: uuid(["role-assignment", unique]),
    containerGroup: readable(63, prefix, environment, owner, name),
    dnsLabel: beginningWithLetter(readable(62, name, owner)),
    logWorkspace: readable(63, prefix, environment, owner, name),
  };
}

/** The part of a region that host names have: `West Europe` and `westeurope` are one. */
export function regionName(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

/** Where Azure serves a container group. */
export function azureHostName(dnsLabel: string, location: string): string {
  return `${dnsLabel}.${regionName(location)}.azurecontainer.io`;
}

function withDigest(text: string, unique: string, longest: number): string {
  const kept = trimmed(text.slice(0, longest - unique.length - 1));
  return kept === "" ? unique : `${kept}-${unique}`;
}

/** Lower-case letters, digits and single inner hyphens. */
function hyphenated(text: string): string {
  const plain = trimmed(
    text
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-"),
  );
  const allowed = trimmed(plain.replace(RESERVED, "").replace(/-+/g, "-"));
  // What is left of two reserved words can be a third.
  return allowed === plain ? plain : hyphenated(allowed);
}

function alphanumeric(text: string): string {
  const plain = hyphenated(text).replaceAll("-", "");
  const allowed = plain.replace(RESERVED, "");
  return allowed === plain ? plain : alphanumeric(allowed);
}

function trimmed(text: string): string {
  return text.replace(/^-+|-+$/g, "");
}

function beginningWithLetter(label: string): string {
  return /^[a-z]/.test(label) ? label : `w${label}`;
}

function digest(identity: WorkspaceIdentity): string {
  const { prefix, environment, owner, name, subscriptionId } = identity;
  const bytes = createHash("sha256")
    .update(JSON.stringify([prefix, environment, owner, name, subscriptionId]))
    .digest();
  return [...bytes.subarray(0, DIGEST_LENGTH)]
    .map((byte) => DIGEST_ALPHABET[byte % DIGEST_ALPHABET.length])
    .join("");
}

/** A UUID of our own making (RFC 9562, version 8), the same for the same parts. */
function uuid(parts: string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
