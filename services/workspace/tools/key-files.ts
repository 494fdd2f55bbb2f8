import * as path from "node:path";
import { shellWord } from "../../../spec/shell-word";
import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import { emptyPrivateFolder, writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";

/** Which variable each command line reads its key from. Claude asks a command of its settings instead. */
const KEYS: { tool: string; variable: string; secret: string; isAi?: true }[] = [
  { tool: "gemini", variable: "GEMINI_API_KEY", secret: KNOWN_SECRETS.geminiApiKey, isAi: true },
  { tool: "copilot", variable: "COPILOT_GITHUB_TOKEN", secret: KNOWN_SECRETS.githubToken, isAi: true },
  { tool: "gh", variable: "GH_TOKEN", secret: KNOWN_SECRETS.githubToken },
  { tool: "glab", variable: "GITLAB_TOKEN", secret: KNOWN_SECRETS.gitlabToken },
];

/**
 * What the image's wrappers of command lines read before they start the real one: the key comes from its file into that one process, in a
 * login shell, in `ssh host gemini …` and in the editor's terminal alike, and lies neither on the volume nor in anybody else's environment.
 */
export function placeKeyFiles({ spec, secrets, paths, log }: Workspace): void {
  emptyPrivateFolder(paths.tools);
  const wanted = KEYS.filter(
    ({ tool, secret, isAi }) => secrets.has(secret) && (!isAi || spec.tools.ai.some((name) => name === tool)),
  );
  for (const { tool, variable, secret } of wanted)
    writeWhole(path.join(paths.tools, `${tool}.sh`), exportOf(variable, path.join(paths.secrets, secret)));
  if (wanted.length > 0) log.info("tools", `${wanted.map(({ tool }) => tool).join(", ")} get their keys`);
  if (
    wanted.some(({ tool }) => tool === "copilot") &&
    secrets.get(KNOWN_SECRETS.githubToken)?.startsWith("ghp_")
  )
    log.warn("tools", "copilot takes no classic GitHub token (ghp_…): give a fine-grained one");
}

/** What the user's own environment has counts before it. */
function exportOf(variable: string, file: string): string {
  const word = shellWord(file);
  return `if [ -z "\${${variable}:-}" ] && [ -r ${word} ]; then ${variable}=$(cat ${word}); export ${variable}; fi\n`;
}

/** What prints Claude's key: it lies where the secrets are, and settings on the volume name no more than this. */
export function claudeKeyCommand({ paths, secrets, spec }: Workspace): string | undefined {
  const isWanted = spec.tools.ai.includes("claude") && secrets.has(KNOWN_SECRETS.anthropicApiKey);
  return isWanted ? `cat ${shellWord(path.join(paths.secrets, KNOWN_SECRETS.anthropicApiKey))}` : undefined;
}
