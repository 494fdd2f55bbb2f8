import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import { repositoryFolder } from "../../../spec/workspace/workspace-spec";
import { Kept } from "../settings/kept";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";
import { claudeKeyCommand } from "./key-files";
import { keyOf, mergeSettings, pathOf, type Wanted } from "./merge-settings";

/** Digests of the workspace's own values, by file in the home and path in it. */
const written = z.record(z.string(), z.record(z.string(), z.string()));

/** How each command line has an MCP server in its own settings, by the name of the tool. */
const MCP = {
  // code.claude.com/docs "Connect Claude Code to tools via MCP", user scope.
  claude: { file: ".claude.json", more: { type: "stdio" } },
  // geminicli.com/docs "MCP servers with the Gemini CLI".
  gemini: { file: ".gemini/settings.json", more: {} },
  // docs.github.com "Using GitHub Copilot CLI", MCP servers.
  copilot: { file: ".copilot/mcp-config.json", more: { type: "local", tools: ["*"] } },
} as const;

/** Puts the spec's MCP servers and Claude's way to its key into the settings of the command lines, beside what the user has there. */
export function placeAiSettings(workspace: Workspace): void {
  const { paths, log } = workspace;
  const kept = new Kept(workspace, "ai-settings", written, {});
  for (const [name, wanted] of wantedByFile(workspace)) {
    const before = kept.value[name] ?? {};
    const all = [...wanted, ...goneFrom(before, wanted)];
    if (all.every(({ value }) => value === undefined) && Object.keys(before).length === 0) continue;
    const file = behindLinks(path.join(paths.home, name));
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    const merged = mergeSettings(text.trim() === "" ? "{}\n" : text, all, before);
    if (merged === undefined) {
      log.warn(
        "tools",
        `~/${name} is no JSON and was left as it is: correct it, and start the workspace again`,
      );
      continue;
    }
    if (merged.text !== text) writeWhole(file, merged.text);
    for (const key of merged.left) log.info("tools", `~/${name}: ${key} is the user's own and stays`);
    kept.value[name] = merged.ours;
  }
  kept.save();
}

function wantedByFile(workspace: Workspace): Map<string, Wanted[]> {
  const { ai, mcpServers } = workspace.spec.tools;
  const files = new Map<string, Wanted[]>();
  for (const [tool, { file, more }] of Object.entries(MCP)) {
    const servers = ai.some((name) => name === tool) ? Object.entries(mcpServers) : [];
    files.set(
      file,
      servers.map(([name, { command, args }]) => ({
        path: ["mcpServers", name],
        value: { ...more, command, args },
      })),
    );
  }
  // Without it gemini asks at its first start how to log in (geminicli.com/docs "Authentication").
  const usesGeminiKey = ai.includes("gemini") && workspace.secrets.has(KNOWN_SECRETS.geminiApiKey);
  files.get(MCP.gemini.file)?.push({
    path: ["security", "auth", "selectedType"],
    value: usesGeminiKey ? "gemini-api-key" : undefined,
  });
  files.set(".gemini/trustedFolders.json", trustedFolders(workspace));
  files.set(".claude/settings.json", [{ path: ["apiKeyHelper"], value: claudeKeyCommand(workspace) }]);
  return files;
}

/**
 * Gemini starts no MCP server in a folder that nobody trusted (geminicli.com/docs "Trusted Folders"). The home is the user's own, and what is in
 * the repositories of the spec is run by their setup anyway; any other folder is for the user to trust.
 */
function trustedFolders({ spec, paths }: Workspace): Wanted[] {
  if (!spec.tools.ai.includes("gemini") || Object.keys(spec.tools.mcpServers).length === 0) return [];
  const repositories = spec.repositories.map((one) => path.join(paths.projects, repositoryFolder(one)));
  return [paths.home, ...repositories].map((folder) => ({ path: [folder], value: "TRUST_FOLDER" }));
}

/** What was put there before and is in the spec no more. */
function goneFrom(before: Readonly<Record<string, string>>, wanted: Wanted[]): Wanted[] {
  const names = wanted.map((one) => keyOf(one.path));
  return Object.keys(before)
    .filter((key) => !names.includes(key))
    .map((key) => ({ path: pathOf(key), value: undefined }));
}

/** The real path behind links: who keeps settings in a repository of dotfiles keeps the link. */
function behindLinks(file: string): string {
  return fs.existsSync(file) ? fs.realpathSync(file) : file;
}
