import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { stringify } from "yaml";
import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import { secretVariable } from "../../../spec/workspace/secret-values";
import { writeWhole } from "../settings/place-files";
import type { Workspace } from "../workspace";

/** The part of code-server's own argon2 that is used. */
interface Argon2 {
  hash: (password: string) => Promise<string>;
}

/** Whether the image has the editor. */
export function hasEditor({ paths }: Pick<Workspace, "paths">): boolean {
  return fs.existsSync(paths.editor);
}

/** @throws Error where the editor would be open to everybody who reaches it. */
export function requireEditorLogin({ spec, secrets, paths }: Workspace): void {
  const key = KNOWN_SECRETS.editorPassword;
  if (!hasEditor({ paths }) || spec.editor.auth === "proxy" || secrets.has(key)) return;
  throw new Error(
    `workspace: the editor asks for a password and has none: add '${key}' to 'secrets' and give it as a file or as ${secretVariable(key)}, ` +
      "or set editor.auth to proxy where a proxy in front lets people in",
  );
}

/**
 * The file that code-server reads instead of arguments and variables, which others could see. The password is in it as a hash by the
 * editor's own argon2, new at every start: the hash is also what code-server sets as its cookie, so it must not lie on the volume.
 */
export async function placeEditorConfig(workspace: Workspace): Promise<void> {
  const { spec, secrets, paths, options, log } = workspace;
  if (!hasEditor(workspace)) return;
  const password = spec.editor.auth === "proxy" ? undefined : secrets.get(KNOWN_SECRETS.editorPassword);
  const config = {
    "bind-addr": `0.0.0.0:${options.editorPort}`,
    auth: password === undefined ? "none" : "password",
    ...(password !== undefined && { "hashed-password": await hash(password, paths.editor) }),
    cert: false,
    "app-name": spec.name,
    "disable-telemetry": true,
    "disable-update-check": true,
    "disable-getting-started-override": true,
  };
  writeWhole(paths.editorConfig, stringify(config));
  log.info("editor", password === undefined ? "lets in who the proxy let in" : "asks for the password");
}

async function hash(password: string, program: string): Promise<string> {
  try {
    const { hash: hashed } = createRequire(fs.realpathSync(program))("argon2") as Argon2;
    return await hashed(password);
  } catch (error) {
    throw new Error(
      `workspace: the editor's argon2 cannot be loaded beside ${program} (${(error as NodeJS.ErrnoException).code ?? "failed"}): ` +
        "the image's code-server is not whole; build it again",
      { cause: error },
    );
  }
}

/** How code-server is started: with the one repository's folder, or the one that holds them all. */
export function editorCommand({ spec, paths }: Workspace): string[] {
  const [first, second] = spec.repositories;
  const only = second === undefined ? first?.folder : undefined;
  const folder = only === undefined ? paths.projects : path.join(paths.projects, only);
  return [paths.editor, "--config", paths.editorConfig, folder];
}
