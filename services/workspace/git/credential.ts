import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import { credentialLines } from "../../../spec/workspace/secret-values";

/** What git is told about one host. */
export interface Credential {
  /** With its port where it is not 443, as git says it. */
  host: string;
  username: string;
  password: string;
}

/**
 * Who logs in where, from the values of the secrets. User names are those that each service asks for beside a token
 * (docs.github.com "Managing your personal access tokens", docs.gitlab.com "Clone using a token").
 */
export function credentialsOf(secret: (key: string) => string | undefined): Credential[] {
  const found: Credential[] = credentialLines(secret(KNOWN_SECRETS.gitCredentials) ?? "").map((line) => {
    const url = new URL(line);
    const [username, password] = [url.username, url.password].map(decodeURIComponent);
    return { host: url.host, username: username ?? "", password: password ?? "" };
  });
  const github = secret(KNOWN_SECRETS.githubToken);
  if (github !== undefined) {
    for (const host of ["github.com", "gist.github.com"])
      found.push({ host, username: "x-access-token", password: github });
  }
  const gitlab = secret(KNOWN_SECRETS.gitlabToken);
  if (gitlab !== undefined) found.push({ host: "gitlab.com", username: "oauth2", password: gitlab });
  const [username = "", password] = secret(KNOWN_SECRETS.bitbucketToken)?.split(":") ?? [];
  if (password !== undefined) found.push({ host: "bitbucket.org", username, password });
  return found;
}

/**
 * Answers what git asks a credential program on its standard input (gitcredentials(7), git-credential(1)). Nothing for another host, another
 * user or an unencrypted connection: then git goes on to the next program.
 */
export function answerGit(question: string, credentials: Credential[]): string {
  const asked = new Map(
    question
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
  if (asked.get("protocol") !== "https") return "";
  const user = asked.get("username");
  const host = asked.get("host")?.toLowerCase().replace(/:443$/, "");
  const found = credentials.find((one) => one.host === host && (user === undefined || user === one.username));
  return found === undefined ? "" : `username=${found.username}\npassword=${found.password}\n`;
}
