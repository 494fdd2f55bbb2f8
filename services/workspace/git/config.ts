import * as path from "node:path";
import { shellWord } from "../../../spec/shell-word";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";
import { credentialsOf } from "./credential";

/**
 * The configuration that git reads through the image's /etc/gitconfig: who commits, and the program that answers for the hosts that a
 * secret is for. It is not in the home, so nothing of it lies on the volume and the user's own ~/.gitconfig counts before it.
 */
export function placeGitConfig({ spec, secrets, paths, options, environment, log }: Workspace): void {
  const credentials = credentialsOf((key) => secrets.get(key));
  const bundle = environment.GIT_SSL_CAINFO ?? environment.SSL_CERT_FILE;
  const sections = [
    ...(spec.git ? [section("user", { name: spec.git.name, email: spec.git.email })] : []),
    ...(bundle === undefined ? [] : [section("http", { sslCAInfo: bundle })]),
    ...credentials.map(({ host }) =>
      section(`credential "https://${host}"`, {
        helper: `!${options.self.map(shellWord).join(" ")} git-credential`,
      }),
    ),
  ];
  writeWhole(path.join(paths.git, "config"), sections.join(""), 0o644);
  if (spec.git) log.info("git", "commits have the name and the address of the spec");
  if (credentials.length > 0) log.info("git", `logs in at ${credentials.map(({ host }) => host).join(", ")}`);
}

function section(name: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(([key, value]) => `\t${key} = ${quoted(value)}\n`);
  return `[${name}]\n${lines.join("")}`;
}

/** git-config(1), "Values". */
function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
