import { EXIT, Failure } from "../failure";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession, type Session } from "../session";
import type { SettingFlags } from "../settings";
import { checkedName, setCommand, textOf } from "./name";
import { projectSecrets, userSecrets } from "./open-stores";
import { PROJECT_FILE } from "./project-secrets";
import { readValue } from "./read-value";

export interface SecretFlags extends SettingFlags, OutputOptions {
  /** Everybody's in this workspace, and not the developer's own. */
  project?: boolean;
  app?: string;
}

/** The one part that user secrets and project secrets have in common. */
interface Store {
  file: string;
  get(name: { key: string; app?: string }): Promise<string | undefined>;
  set(name: { key: string; app?: string }, value: string): Promise<void>;
  remove(name: { key: string; app?: string }): Promise<boolean>;
}

/** `berth secrets set <key>`. */
export async function setSecret(key: string, flags: SecretFlags & { value?: string }): Promise<void> {
  const name = checkedName(key, flags.app);
  const session = await openSession(flags);
  const value = await readValue(flags.value, key);
  const store = await storeOf(session, flags);
  await store.set(name, value);
  const fact = { ...name, scope: scopeOf(flags), file: store.file };
  const next = flags.project ? `\ncommit ${PROJECT_FILE}, so that the others get it` : "";
  printFact(flags, fact, `${textOf(name)} is set, encrypted in ${store.file}${next}`);
}

/** `berth secrets get <key>`: prints the value and nothing else. */
export async function getSecret(key: string, flags: SecretFlags): Promise<void> {
  const name = checkedName(key, flags.app);
  const store = await storeOf(await openSession(flags), flags);
  const value = await store.get(name);
  if (value === undefined) throw notThere(textOf(name), key, store, flags);
  printFact(flags, { ...name, scope: scopeOf(flags), value }, value);
}

/** `berth secrets rm <key>`. */
export async function removeSecret(key: string, flags: SecretFlags): Promise<void> {
  const name = checkedName(key, flags.app);
  const store = await storeOf(await openSession(flags), flags);
  if (!(await store.remove(name))) throw notThere(textOf(name), key, store, flags);
  printFact(
    flags,
    { ...name, scope: scopeOf(flags), removed: true },
    `${textOf(name)} is removed from ${store.file}`,
  );
}

/** `berth secrets list`: names, never values. */
export async function listSecrets(flags: SecretFlags): Promise<void> {
  const session = await openSession(flags);
  const own = userSecrets(session)
    .list()
    .map((fact) => ({ ...fact, scope: "user", notFor: [] as string[] }));
  const shared = (await projectSecrets(session)).secrets
    .list()
    .map((fact) => ({ ...fact, scope: "project" }));
  const chosen = [...(flags.project ? [] : own), ...shared].filter(
    ({ app }) => flags.app === undefined || app === flags.app,
  );
  const rows = chosen.map(({ key, app = "all", scope, changedAt, notFor }) => {
    const lacking = notFor.length > 0 ? `not yet for ${notFor.join(", ")}: the next change mends it` : "";
    return [key, app, scope, changedAt, lacking];
  });
  const text =
    rows.length > 0 ? tableOf(["key", "app", "whose", "changed", ""], rows) : "there are no secrets";
  printFact(flags, chosen, text);
}

async function storeOf(session: Session, { project }: SecretFlags): Promise<Store> {
  if (project) return (await projectSecrets(session)).secrets;
  const own = userSecrets(session);
  return {
    file: own.file,
    get: (name) => Promise.resolve().then(() => own.get(name)),
    set: (name, value) => own.set(name, value),
    remove: (name) => own.remove(name),
  };
}

const scopeOf = ({ project }: SecretFlags): string => (project ? "project" : "user");

function notThere(text: string, key: string, store: Store, { project, app }: SecretFlags): Failure {
  const flags = `${app === undefined ? "" : ` --app ${app}`}${project ? " --project" : ""}`;
  return new Failure(
    `there is no secret ${text} in ${store.file}: \`berth secrets list\` shows those that exist; ${setCommand(key, flags)} gives it a value`,
    EXIT.failed,
  );
}
