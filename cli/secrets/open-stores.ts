import { EXIT, Failure } from "../failure";
import type { Identity } from "../identity/identity";
import { ageIdentity, type AgeIdentity } from "./age";
import { ProjectSecrets } from "./project-secrets";
import { UserSecrets } from "./user-secrets";

/** Whose secrets, and where they lie: a session has all of it. */
export interface SecretsOwner {
  home: string;
  devId: string;
  identity: Identity;
  settings: { workspaceRoot: { value: string } };
}

/** The developer's own secrets. @throws Failure where the identity came without its key. */
export function userSecrets(owner: SecretsOwner): UserSecrets {
  return new UserSecrets(owner.home, owner.devId, secretsEncryptionOf(owner));
}

/** The secrets of the workspace, and who this developer is there. @throws Failure where the identity came without its key. */
export async function projectSecrets(
  owner: SecretsOwner,
): Promise<{ secrets: ProjectSecrets; own: AgeIdentity }> {
  const own = await ageIdentity(secretsEncryptionOf(owner));
  return {
    secrets: new ProjectSecrets(owner.settings.workspaceRoot.value, owner.home, owner.devId, own),
    own,
  };
}

function secretsEncryptionOf({ identity, devId }: SecretsOwner): string {
  if (identity.facts) return identity.facts.secretsEncryption;
  throw new Failure(
    `the identity of developer ${devId} in ${identity.folder} came without the key for secrets: run \`berth dev renew\`, which brings it`,
    EXIT.refused,
  );
}
