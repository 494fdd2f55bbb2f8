import * as sshpk from "sshpk";
import { KNOWN_SECRETS, SECRET_VARIABLE_PREFIX } from "./in-container";

const LARGEST_BYTES = 65_536;
const SHORTEST_TOKEN = 8;
const SHORTEST_PASSWORD = 12;
const SMALLEST_RSA_BITS = 2048;

/** The variable that carries a secret where a platform has only variables. */
export function secretVariable(key: string): string {
  return `${SECRET_VARIABLE_PREFIX}${key.toUpperCase().replaceAll(/[-.]/g, "_")}`;
}

/** Beginnings by which vendors mark their tokens: who pastes one into another's place is told which. */
const MARKS: { begins: RegExp; what: string; key: string }[] = [
  { begins: /^(gh[pousr]_|github_pat_)/, what: "a GitHub token", key: KNOWN_SECRETS.githubToken },
  { begins: /^gl(pat|oas|dt|rt|ptt|cbt)-/, what: "a GitLab token", key: KNOWN_SECRETS.gitlabToken },
  { begins: /^ATBB|^ATCTT/, what: "a Bitbucket token", key: KNOWN_SECRETS.bitbucketToken },
  { begins: /^sk-ant-/, what: "an Anthropic key", key: KNOWN_SECRETS.anthropicApiKey },
  { begins: /^AIza/, what: "a Gemini key", key: KNOWN_SECRETS.geminiApiKey },
];

const PLACEHOLDERS =
  /^(x{3,}|\.{3,}|\*{3,}|change-?me.*|your[-_ ].*|<.*>|\$\{.*\}|todo|none|null|undefined|redacted)$/i;

/**
 * What is wrong with a secret's value and how to mend it, without a word of the value; undefined where it may be used. Keys without a meaning
 * of their own may hold any text.
 */
export function secretProblem(key: string, given: string): string | undefined {
  if (Buffer.byteLength(given) > LARGEST_BYTES)
    return `has more than ${LARGEST_BYTES / 1024} KiB: is it the right file?`;
  if (given.includes("\0")) return "holds a NUL byte: give text";
  const value = given.trim();
  if (value === "") return "is empty: give its value, or take the key out of 'secrets'";
  switch (key) {
    case KNOWN_SECRETS.githubToken:
    case KNOWN_SECRETS.gitlabToken:
    case KNOWN_SECRETS.anthropicApiKey:
    case KNOWN_SECRETS.geminiApiKey:
      return tokenProblem(key, value);
    case KNOWN_SECRETS.bitbucketToken:
      return bitbucketProblem(value);
    case KNOWN_SECRETS.gitCredentials:
      return credentialsProblem(value);
    case KNOWN_SECRETS.editorPassword:
      return passwordProblem(value);
    case KNOWN_SECRETS.sshKey:
      return privateKeyProblem(value);
    default:
      return undefined;
  }
}

function tokenProblem(key: string, value: string): string | undefined {
  if (PLACEHOLDERS.test(value)) return "is a placeholder: give the real token";
  if (/^https?:/.test(value)) return "is an address: give the token alone";
  if (/^["'`]|["'`]$/.test(value)) return "stands in quotes: give it without them";
  if (/^(bearer|token|basic)\s/i.test(value)) return "begins with the name of a scheme: give the token alone";
  if (/\s/.test(value)) return "holds a space or several lines: give the token alone";
  if (!/^[\x21-\x7e]+$/.test(value)) return "holds characters that no token has: copy it again";
  const mark = MARKS.find(({ begins }) => begins.test(value));
  if (mark !== undefined && mark.key !== key) return `is ${mark.what}: give it as '${mark.key}'`;
  if (value.length < SHORTEST_TOKEN)
    return `has fewer than ${SHORTEST_TOKEN} characters: copy the whole token`;
  return undefined;
}

function bitbucketProblem(value: string): string | undefined {
  const [user = "", ...rest] = value.split(":");
  if (rest.length !== 1 || rest[0] === "" || user === "") return "must be <user>:<app password>";
  return tokenProblem(KNOWN_SECRETS.bitbucketToken, rest[0] ?? "");
}

/** The lines of `git-credentials`, which {@link secretProblem} found right. */
export function credentialLines(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function credentialsProblem(value: string): string | undefined {
  for (const [index, line] of credentialLines(value).entries()) {
    const url = URL.canParse(line) ? new URL(line) : undefined;
    if (url === undefined || url.username === "" || url.password === "")
      return `line ${index + 1} must be https://<user>:<token>@<host>`;
    if (url.protocol !== "https:")
      return `line ${index + 1} must begin with https://: anything else sends the token in clear`;
    if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
      return `line ${index + 1} must end with the host: a token counts for all of it`;
  }
  return undefined;
}

function passwordProblem(value: string): string | undefined {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(value)) return "holds a line break or another control character: give one line";
  if (PLACEHOLDERS.test(value)) return "is a placeholder: give a password of your own";
  if (value.length < SHORTEST_PASSWORD)
    return `has fewer than ${SHORTEST_PASSWORD} characters: who reaches the page could guess it`;
  return value.length > 256 ? "has more than 256 characters: give a shorter one" : undefined;
}

function privateKeyProblem(value: string): string | undefined {
  if (/^(ssh-|ecdsa-|sk-)/.test(value)) return "is a public key: give the private one that belongs to it";
  if (value.startsWith("PuTTY-User-Key-File"))
    return "is in PuTTY's form: export it from PuTTYgen as an OpenSSH key";
  if (!value.startsWith("-----BEGIN") || !/-----END [A-Z ]*PRIVATE KEY-----$/.test(value))
    return "is no whole private key: give the file from its BEGIN line to its END line";
  let key: sshpk.PrivateKey;
  try {
    key = sshpk.parsePrivateKey(`${value}\n`);
  } catch (error) {
    return (error as Error).name === "KeyEncryptedError" || /ENCRYPTED/.test(value)
      ? "has a passphrase, which nobody is there to type: 'ssh-keygen -p -N \"\" -f <copy of it>', or make one for this workspace"
      : "is damaged: copy the whole file again";
  }
  if (key.type === "dsa")
    return "is a DSA key, which no server takes any more: make one with 'ssh-keygen -t ed25519'";
  if (key.type === "rsa" && key.size < SMALLEST_RSA_BITS)
    return `is an RSA key of ${key.size} bits: make one with 'ssh-keygen -t ed25519'`;
  return undefined;
}
