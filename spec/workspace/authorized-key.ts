import * as sshpk from "sshpk";

/** Below it NIST SP 800-57 gives an RSA key no future; ssh-audit warns from here down. */
const SMALLEST_RSA_BITS = 3072;

/** As the image's sshd takes them. */
const TYPES = ["ssh-ed25519", "ssh-rsa"];
/** Keys on a FIDO token, which sshpk cannot read: only the name within the data is compared (OpenSSH's PROTOCOL.u2f). */
const TOKEN_TYPES = ["sk-ssh-ed25519@openssh.com"];

/**
 * What is wrong with a line of authorized_keys and how to mend it; undefined where it may be used. Nothing of the line is repeated, since
 * people paste private keys.
 */
export function authorizedKeyProblem(line: string): string | undefined {
  const key = line.trim();
  if (/PRIVATE KEY/.test(key) || key.startsWith("PuTTY-User-Key-File"))
    return "is a private key: remove it, and give the public one (the file that ends in .pub)";
  if (/^-----BEGIN|^---- BEGIN/.test(key))
    return "is not in OpenSSH's form: print it with 'ssh-keygen -i -f <file>'";
  if (/[\r\n]/.test(key)) return "holds more than one line: give one key an entry";
  const [type = "", data = ""] = key.split(/\s+/);
  if (type === "ssh-dss")
    return "is a DSA key, which OpenSSH takes no more: make one with 'ssh-keygen -t ed25519'";
  if (type.startsWith("ecdsa-") || type.startsWith("sk-ecdsa-"))
    return "is an ECDSA key, which a workspace's sshd does not take: make one with 'ssh-keygen -t ed25519'";
  if (!TYPES.includes(type) && !TOKEN_TYPES.includes(type))
    return `must begin with its type (${[...TYPES, ...TOKEN_TYPES].join(", ")}), without options before it`;
  if (data === "") return "has a type and no data: give the whole line of the .pub file";
  return TOKEN_TYPES.includes(type) ? tokenKeyProblem(type, data) : plainKeyProblem(type, data);
}

const DAMAGED = "is damaged or cut short: copy the whole line of the .pub file again";

function plainKeyProblem(type: string, data: string): string | undefined {
  // sshpk leaves out what is no base64; sshd does not.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return DAMAGED;
  let key: sshpk.Key;
  try {
    key = sshpk.parseKey(`${type} ${data}`, "ssh");
  } catch {
    return DAMAGED;
  }
  if (key.type === "rsa" && key.size < SMALLEST_RSA_BITS)
    return `is an RSA key of ${key.size} bits: make one of ${SMALLEST_RSA_BITS} or more, or 'ssh-keygen -t ed25519'`;
  return undefined;
}

function tokenKeyProblem(type: string, data: string): string | undefined {
  const bytes = Buffer.from(data, "base64");
  const named = Buffer.from(type);
  const length = bytes.length >= 4 ? bytes.readUInt32BE(0) : 0;
  const isOfType = length === named.length && bytes.subarray(4, 4 + length).equals(named);
  // A name, a public key of 32 bytes or more, and the application that it belongs to.
  return isOfType && bytes.length > named.length + 44 ? undefined : DAMAGED;
}
