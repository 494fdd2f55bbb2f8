import type { Environment } from "../policy/rules";
import type { AppManifest } from "../spec/app-manifest";

/** Where the secrets of an environment's own apps come from, the strongest first. */
export interface SecretSources {
  environment: Environment;
  /** berth:appSecrets: by key, or by `<app>/<key>` for one app alone. */
  configured: Readonly<Record<string, string>>;
  /** The project's secrets, opened with the identity of whoever runs this. */
  project: ProjectSecretReader;
}

/** Reads one secret of the project; why it cannot be read where that is so. */
export type ProjectSecretReader = (name: {
  app: string;
  key: string;
}) => Promise<{ value?: string; problem?: string }>;

/** What an app gets, and what it would lack. */
export interface FoundSecrets {
  /** By key. */
  values: Record<string, string>;
  /** Names what has no value and the commands that give one; undefined where nothing is missing. */
  problem?: string;
}

/**
 * The secrets that an app names in its berth.yaml, with the values that they have in an environment. Project secrets are known to every
 * developer of the team, so that pro takes none of them (docs/decisions/0016).
 */
export async function secretsOf(
  { name: app, secrets }: Pick<AppManifest, "name" | "secrets">,
  sources: SecretSources,
): Promise<FoundSecrets> {
  const values: Record<string, string> = {};
  const missing: string[] = [];
  const reasons = new Set<string>();
  for (const key of [...new Set(secrets)].sort()) {
    const configured = sources.configured[`${app}/${key}`] ?? sources.configured[key];
    const found =
      configured === undefined && sources.environment !== "pro"
        ? await sources.project({ app, key })
        : { value: configured };
    if (found.value !== undefined) values[key] = found.value;
    else missing.push(key);
    if (found.problem !== undefined) reasons.add(found.problem);
  }
  return missing.length === 0 ? { values } : { values, problem: problemOf(app, missing, reasons, sources) };
}

function problemOf(
  app: string,
  missing: string[],
  reasons: ReadonlySet<string>,
  { environment }: SecretSources,
): string {
  const what = missing.length > 1 ? "secrets" : "a secret";
  const set = missing.map(
    (key) => `pulumi config set --secret --path 'berth:appSecrets["${key}"]' --stack ${environment}`,
  );
  const shared = missing.map((key) => `berth secrets set ${key} --project`);
  const project = environment === "pro" ? "" : `; or, for dev and tst together, with: ${shared.join(" && ")}`;
  const why = reasons.size > 0 ? `\n(${[...reasons].join("; ")})` : "";
  return (
    `app '${app}' asks for ${what} without a value in ${environment}: ${missing.join(", ")}. ` +
    `Give it with: eval "$(make -s env ENV=${environment})" && ${set.join(" && ")}${project}${why}`
  );
}
