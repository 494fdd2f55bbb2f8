import type { MachinesApi } from "./api";
import { secretsAnswer, secretsVersionAnswer } from "./answers";
import type { SecretsRequest, StepResults } from "./request";

/** Gives the app these secrets and takes from it the others of the same prefix. A machine sees them when it boots the next time. */
export async function ensureSecrets(
  api: MachinesApi,
  { app, prefix, values }: SecretsRequest,
): Promise<StepResults["secrets"]> {
  const names = Object.keys(values).sort();
  const gone = (await ourSecrets(api, app, prefix)).filter((name) => !names.includes(name));
  const version = await setSecrets(api, app, { ...values, ...nulls(gone) });
  return { version, names };
}

/** @returns a sentence of what became of them. */
export async function removeSecrets(api: MachinesApi, { app, prefix }: SecretsRequest): Promise<string> {
  const names = await ourSecrets(api, app, prefix);
  await setSecrets(api, app, nulls(names));
  return `${names.length} secrets of ${app} were removed`;
}

async function ourSecrets(api: MachinesApi, app: string, prefix: string): Promise<string[]> {
  const found = await api.find(secretsAnswer, { method: "GET", path: `/apps/${app}/secrets` });
  return (found?.secrets ?? []).map(({ name }) => name).filter((name) => name.startsWith(prefix));
}

async function setSecrets(
  api: MachinesApi,
  app: string,
  values: Record<string, string | null>,
): Promise<number | null> {
  if (Object.keys(values).length === 0) return null;
  const call = { method: "POST", path: `/apps/${app}/secrets`, body: { values } } as const;
  // Setting the same values twice leaves the same secrets.
  return (await api.ask(secretsVersionAnswer, { ...call, repeatable: true })).version;
}

function nulls(names: string[]): Record<string, null> {
  return Object.fromEntries(names.map((name) => [name, null]));
}
