import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { readSecrets } from "../../../services/workspace/settings/read-secrets";
import { readSpec } from "../../../services/workspace/settings/read-spec";
import { secretVariable } from "../../../spec/workspace/secret-values";
import { workspaceSpec } from "../../../spec/workspace/workspace-spec";

let folder: string;
beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-keys-"))));
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** A key pair by ssh-keygen: the private file's content and the public line. */
function keyPair(...kind: string[]): { secret: string; line: string } {
  const file = path.join(folder, kind.join("-").replaceAll(/\W/g, ""));
  if (!fs.existsSync(file))
    execFileSync("ssh-keygen", ["-q", ...kind, ...(kind.includes("-N") ? [] : ["-N", ""]), "-f", file]);
  return { secret: fs.readFileSync(file, "utf8"), line: fs.readFileSync(`${file}.pub`, "utf8") };
}
const ed25519 = (): { secret: string; line: string } => keyPair("-t", "ed25519");

/** What is said of a spec. */
function saidOfSpec(spec: unknown): string {
  try {
    readSpec(path.join(folder, "absent.json"), typeof spec === "string" ? spec : JSON.stringify(spec));
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is said of a secret that came as a variable. */
function saidOfSecret(key: string, value: string): string {
  const spec = workspaceSpec.parse({ name: "one", secrets: [key] });
  try {
    readSecrets(spec, path.join(folder, "absent"), { [secretVariable(key)]: value });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a wrong spec", () => {
  const name = "one";
  const url = "https://git.example.org/team/shop.git";
  const cases: [string, () => unknown, RegExp][] = [
    ["that is no JSON", () => "{name: s3cret", /BERTH_WORKSPACE is no JSON: check it/],
    ["that is a list", () => [], /the whole must be a map of keys to values/],
    ["without a name", () => ({}), /: name is missing: give a string/],
    [
      "with a name in capitals",
      () => ({ name: "One" }),
      /name must be lower-case letters, digits and single inner hyphens/,
    ],
    [
      "with a name that is too long",
      () => ({ name: "a".repeat(29) }),
      /name must be at most 28 characters long/,
    ],
    ["with a name that goes up folders", () => ({ name: "../one" }), /name must be lower-case/],
    [
      "with a typing error in a key",
      () => ({ name, autorizedKeys: [] }),
      /autorizedKeys is not a known key: did you mean 'authorizedKeys'\?/,
    ],
    ["with an unknown size", () => ({ name, size: "huge" }), /size has none of the allowed forms/],
    ["with a size of no cores", () => ({ name, size: { cpus: 0, memoryMb: 512, diskGb: 1 } }), /size/],
    ["with too little memory", () => ({ name, size: { cpus: 1, memoryMb: 64, diskGb: 1 } }), /size/],
    ["with half a gigabyte of disk", () => ({ name, size: { cpus: 1, memoryMb: 512, diskGb: 0.5 } }), /size/],
    [
      "with an unknown AI tool",
      () => ({ name, tools: { ai: ["clippy"] } }),
      /tools\.ai\[0\] must be claude or copilot or gemini/,
    ],
    [
      "with an extension without a publisher",
      () => ({ name, tools: { extensions: ["python"] } }),
      /tools\.extensions\[0\] must be 'publisher\.name'/,
    ],
    [
      "with an MCP server without a command",
      () => ({ name, tools: { mcpServers: { files: {} } } }),
      /tools\.mcpServers\.files\.command is missing/,
    ],
    ["with an address of mail that is none", () => ({ name, git: { name: "A", email: "a" } }), /git\.email /],
    [
      "with a name of Git's that ends a line",
      () => ({ name, git: { name: "A\n[core]", email: "a@b.org" } }),
      /git\.name must hold no/,
    ],
    [
      "with a repository over plain http",
      () => ({ name, repositories: [{ url: "http://a.org/b" }] }),
      /repositories\[0\]\.url must begin with https:\/\//,
    ],
    [
      "with a token in a repository's address",
      () => ({ name, repositories: [{ url: "https://me:s3cret@a.org/b" }] }),
      /repositories\[0\]\.url must hold no user or token: give the token as the secret/,
    ],
    [
      "with an option for git as an address",
      () => ({ name, repositories: [{ url: "--upload-pack=s3cret" }] }),
      /repositories\[0\]\.url must begin with/,
    ],
    [
      "with a branch that is an option",
      () => ({ name, repositories: [{ url, branch: "-x" }] }),
      /repositories\[0\]\.branch must be a branch's or tag's name/,
    ],
    [
      "with a folder outside the projects",
      () => ({ name, repositories: [{ url, folder: "../home" }] }),
      /repositories\[0\]\.folder must be one folder's name/,
    ],
    [
      "with two repositories in one folder",
      () => ({ name, repositories: [{ url }, { url }] }),
      /repositories\[1\]\.folder is 'shop', as another repository's/,
    ],
    [
      "with an address that names no folder",
      () => ({ name, repositories: [{ url: "https://a.org/.git" }] }),
      /repositories\[0\]\.folder is missing: the address ends in no folder's name/,
    ],
    [
      "with a key cut short",
      () => ({ name, authorizedKeys: [ed25519().line.slice(0, 50)] }),
      /authorizedKeys\[0\] is damaged or cut short/,
    ],
    [
      "with a private key to log in by",
      () => ({ name, authorizedKeys: [ed25519().secret] }),
      /authorizedKeys\[0\] is a private key: remove it/,
    ],
    [
      "with options before a key",
      () => ({ name, authorizedKeys: [`command="x" ${ed25519().line}`] }),
      /authorizedKeys\[0\] must begin with its type/,
    ],
    [
      "with a short RSA key",
      () => ({ name, authorizedKeys: [keyPair("-t", "rsa", "-b", "2048").line] }),
      /authorizedKeys\[0\] is an RSA key of 2048 bits/,
    ],
    [
      "with an ECDSA key",
      () => ({ name, authorizedKeys: [keyPair("-t", "ecdsa").line] }),
      /authorizedKeys\[0\] is an ECDSA key/,
    ],
    [
      "with a DSA key",
      () => ({ name, authorizedKeys: ["ssh-dss AAAAB3NzaC1kc3M= me"] }),
      /authorizedKeys\[0\] is a DSA key/,
    ],
    [
      "with two keys in one entry",
      () => ({ name, authorizedKeys: [`${ed25519().line}${ed25519().line}`] }),
      /authorizedKeys\[0\] holds more than one line/,
    ],
    [
      "with a type and no key",
      () => ({ name, authorizedKeys: ["ssh-ed25519"] }),
      /authorizedKeys\[0\] has a type and no data/,
    ],
    [
      "with a token's key of another kind inside",
      () => ({ name, authorizedKeys: [`sk-ssh-ed25519@openssh.com ${ed25519().line.split(" ")[1]}`] }),
      /authorizedKeys\[0\] is damaged/,
    ],
    [
      "with a secret that is a path",
      () => ({ name, secrets: ["../key"] }),
      /secrets\[0\] must be letters and digits/,
    ],
    [
      "with two secrets of one variable",
      () => ({ name, secrets: ["a-b", "a.b"] }),
      /secrets\[1\] has the variable BERTH_SECRET_A_B, as another key has/,
    ],
    [
      "with a negative time",
      () => ({ name, idleStop: { afterMinutes: -1 } }),
      /idleStop\.afterMinutes must be at least 0/,
    ],
    [
      "with a word for a time",
      () => ({ name, idleStop: { afterMinutes: "1h" } }),
      /idleStop\.afterMinutes must be a number/,
    ],
    [
      "with a login that is none",
      () => ({ name, editor: { auth: "none" } }),
      /editor\.auth must be password or proxy/,
    ],
  ];

  it.each(cases)("%s is named with its key and what to write instead", (_, spec, said) => {
    expect(saidOfSpec(spec())).toMatch(said);
    expect(saidOfSpec(spec())).not.toContain("s3cret");
  });

  it("that lacks altogether is asked for by both its places", () => {
    expect(() => readSpec("/absent/workspace.json", undefined)).toThrow(
      "there is no spec: put its JSON into /absent/workspace.json, or into the variable BERTH_WORKSPACE",
    );
  });

  it("has all its problems told at once", () => {
    expect(saidOfSpec({ name: "One", secrets: ["a b"] })).toMatch(/name must be.*; secrets\[0\] must be/);
  });
});

describe("a wrong secret", () => {
  const cases: [string, string, () => string, RegExp][] = [
    ["that is empty", "own", () => " \n", /is empty/],
    ["with a NUL byte", "own", () => "a\0b", /holds a NUL byte/],
    ["of a megabyte", "own", () => "x".repeat(1_000_000), /has more than 64 KiB/],
    ["in quotes", "git-github-token", () => '"ghp_s3crets3cret"', /stands in quotes/],
    ["of two words", "git-github-token", () => "ghp_s3cret s3cret", /holds a space or several lines/],
    [
      "with its scheme",
      "git-gitlab-token",
      () => "Bearer glpat-s3crets3cret",
      /begins with the name of a scheme/,
    ],
    [
      "with letters of no token",
      "git-github-token",
      () => "ghp_s3crét_s3crét",
      /holds characters that no token has/,
    ],
    ["that is a placeholder", "anthropic-api-key", () => "${ANTHROPIC_API_KEY}", /is a placeholder/],
    ["that is an address", "git-gitlab-token", () => "https://s3cret@gitlab.com", /is an address/],
    ["cut short", "gemini-api-key", () => "s3cret", /fewer than 8 characters/],
    [
      "of another vendor (GitLab's for GitHub)",
      "git-github-token",
      () => "glpat-s3crets3cret",
      /is a GitLab token: give it as 'git-gitlab-token'/,
    ],
    [
      "of another vendor (GitHub's for Claude)",
      "anthropic-api-key",
      () => "github_pat_s3crets3cret",
      /is a GitHub token/,
    ],
    [
      "of another vendor (Claude's for Gemini)",
      "gemini-api-key",
      () => "sk-ant-s3crets3cret",
      /is an Anthropic key/,
    ],
    [
      "of Bitbucket without its user",
      "git-bitbucket-token",
      () => "ATBBs3crets3cret",
      /must be <user>:<app password>/,
    ],
    [
      "of Bitbucket without its password",
      "git-bitbucket-token",
      () => "me:",
      /must be <user>:<app password>/,
    ],
    [
      "without a token in its address",
      "git-credentials",
      () => "https://git.example.org",
      /line 1 must be https:\/\/<user>:<token>@<host>/,
    ],
    [
      "for an unencrypted host",
      "git-credentials",
      () => "https://a:s3crets@b.org\nhttp://a:s3crets@c.org",
      /line 2 must begin with https/,
    ],
    [
      "for part of a host",
      "git-credentials",
      () => "https://a:s3crets@b.org/team",
      /line 1 must end with the host/,
    ],
    ["too short for a password", "editor-password", () => "s3cret", /has fewer than 12 characters/],
    ["of two lines as a password", "editor-password", () => "s3cret s3cret\ns3cret", /holds a line break/],
    ["that everybody has as a password", "editor-password", () => "change-me-please", /is a placeholder/],
    ["that is the public half", "ssh-key", () => ed25519().line, /is a public key/],
    ["without its last line", "ssh-key", () => ed25519().secret.slice(0, 200), /is no whole private key/],
    ["with a letter lost", "ssh-key", () => ed25519().secret.replace("AAAA", "AA"), /is damaged/],
    [
      "with a passphrase",
      "ssh-key",
      () => keyPair("-t", "ed25519", "-N", "s3cret").secret,
      /has a passphrase/,
    ],
    [
      "of 1024 bits",
      "ssh-key",
      () => keyPair("-t", "rsa", "-b", "1024").secret,
      /is an RSA key of 1024 bits/,
    ],
    ["in PuTTY's form", "ssh-key", () => "PuTTY-User-Key-File-3: ssh-ed25519", /is in PuTTY's form/],
  ];

  it.each(cases)("%s is named with what to do, and never shown", (_, key, value, said) => {
    const message = saidOfSecret(key, value());
    expect(message).toMatch(said);
    expect(message).toContain(`secret '${key}' (${secretVariable(key)})`);
    expect(message).not.toMatch(/s3cr/);
  });

  it("that is right is taken, without the line break of its file", () => {
    for (const [key, value] of [
      ["git-github-token", "ghp_0123456789abcdef\n"],
      ["git-bitbucket-token", "me:ATBB0123456789"],
      ["git-credentials", "# ours\nhttps://me:a%40b0123@git.example.org:8443\n\n"],
      ["ssh-key", ed25519().secret],
      ["ssh-key", keyPair("-t", "rsa", "-b", "3072", "-m", "PEM").secret],
      ["own", "anything\nat all"],
    ] as const)
      expect(saidOfSecret(key, value)).toBe("");
  });

  it("is warned of where it is declared and absent, or given and not declared", () => {
    const given = path.join(folder, "given");
    fs.mkdirSync(path.join(given, "..data"), { recursive: true });
    fs.writeFileSync(path.join(given, "stray"), "x");
    const spec = workspaceSpec.parse({ name: "one", secrets: ["wanted"] });
    expect(readSecrets(spec, given, { BERTH_SECRET_WANTD: "x" }).warnings).toEqual(
      [
        `secret 'wanted' is declared and not given: put it into ${given}/wanted or into BERTH_SECRET_WANTED`,
        `${given}/stray is ignored: add 'stray' to 'secrets'`,
        "BERTH_SECRET_WANTD is ignored: no key in 'secrets' has this variable",
      ].sort((a, b) => Number(b.startsWith("secret")) - Number(a.startsWith("secret"))),
    );
  });
});

it("good keys may log in, with comments, Windows' line ends and on tokens", () => {
  const token = Buffer.concat(
    ["sk-ssh-ed25519@openssh.com", "k".repeat(32), "ssh:"].flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, Buffer.from(part)];
    }),
  ).toString("base64");
  const authorizedKeys = [
    ed25519().line,
    `${ed25519().line.trim()}\r\n`,
    keyPair("-t", "rsa", "-b", "3072").line,
    `sk-ssh-ed25519@openssh.com ${token} my key`,
  ];
  expect(saidOfSpec({ name: "one", authorizedKeys })).toBe("");
});
