import type { LocalApp } from "../app/find-app";
import { Failure } from "../failure";
import { SECRETS_FOLDER } from "../../spec/container-spec";
import { setCommand } from "./name";
import { projectSecrets, userSecrets, type SecretsOwner } from "./open-stores";

/** A secret as its app finds it in the container. */
export interface SecretFile {
  /** `/run/secrets/berth/<key>`. */
  path: string;
  content: string;
}

/**
 * The secrets that an app names in its berth.yaml, with their values. One for this app alone goes before one for all apps, the
 * developer's own before the project's.
 * @throws Failure that names every missing one with the command that sets it, or the one that cannot be decrypted.
 */
export async function secretFilesFor(
  owner: SecretsOwner,
  app: { name: string; manifest: Pick<LocalApp["manifest"], "secrets"> },
  what: "app" | "workspace" = "app",
): Promise<SecretFile[]> {
  const keys = [...new Set(app.manifest.secrets)].sort();
  if (keys.length === 0) return [];
  const values: [string, string | undefined][] = [];
  for (const key of keys) values.push([key, await valueOf(owner, app.name, key)]);
  const missing = values.filter(([, value]) => value === undefined).map(([key]) => key);
  if (missing.length > 0) {
    throw new Failure(
      `${what} '${app.name}' asks for ${missing.length > 1 ? "secrets" : "a secret"} without a value: ${missing.join(", ")}. ` +
        `Give it with: ${missing.map((key) => setCommand(key)).join(" && ")} (--project for everybody in this workspace)`,
    );
  }
  return values.map(([key, value = ""]) => ({ path: `${SECRETS_FOLDER}/${key}`, content: value }));
}

async function valueOf(owner: SecretsOwner, app: string, key: string): Promise<string | undefined> {
  const own = userSecrets(owner);
  const mine = own.get({ key, app }) ?? own.get({ key });
  if (mine !== undefined) return mine;
  const { secrets } = await projectSecrets(owner);
  return (await secrets.get({ key, app })) ?? (await secrets.get({ key }));
}
