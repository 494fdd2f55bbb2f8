import { randomBytes } from "node:crypto";
import { EXTRA_CA_FILE } from "../../../spec/container-spec";
import { specFile } from "../../../spec/workspace/container";
import { KNOWN_SECRETS } from "../../../spec/workspace/in-container";
import type { WorkspaceSpec } from "../../../spec/workspace/workspace-spec";
import type { ContainerFile } from "../../driver/container-file";
import { note } from "../../output";
import { secretFilesFor } from "../../secrets/files";
import { userSecrets } from "../../secrets/open-stores";
import type { Session } from "../../session";

const PASSWORD_BYTES = 15;

/**
 * What a workspace's container gets as files before it starts: its spec, its secrets, and the CA bundle of the host's proxy.
 * @param bundle PEM; "" for none.
 * @throws Failure where a secret has no value.
 */
export async function workspaceFiles(
  session: Session,
  spec: WorkspaceSpec,
  bundle: string,
): Promise<ContainerFile[]> {
  const secrets = await workspaceSecrets(session, spec);
  return [specFile(spec), ...secrets, ...(bundle === "" ? [] : [{ path: EXTRA_CA_FILE, content: bundle }])];
}

/** Its secrets with their values; the editor's password is made where nobody has set one. */
export async function workspaceSecrets(session: Session, spec: WorkspaceSpec): Promise<ContainerFile[]> {
  if (spec.secrets.includes(KNOWN_SECRETS.editorPassword)) await ensurePassword(session, spec.name);
  return secretFilesFor(session, { name: spec.name, manifest: { secrets: spec.secrets } }, "workspace");
}

/** The command that shows the editor's password. */
export const passwordCommand = (name: string): string =>
  `berth secrets get ${KNOWN_SECRETS.editorPassword} --app ${name}`;

async function ensurePassword(session: Session, name: string): Promise<void> {
  const key = KNOWN_SECRETS.editorPassword;
  const own = userSecrets(session);
  if ((own.get({ key, app: name }) ?? own.get({ key })) !== undefined) return;
  await own.set({ key, app: name }, randomBytes(PASSWORD_BYTES).toString("base64url"));
  note(`berth: a password for the editor of '${name}' was made: ${passwordCommand(name)} shows it`);
}
