/**
 * Names as Azure takes them. Sources:
 * learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (all but the last two),
 * learn.microsoft.com/rest/api/container-instances (containers, volumes: a DNS label each),
 * the service's message on DNS labels: 5 to 63 lower-case letters, digits and hyphens, a letter first, no hyphen last.
 */
export interface NameRule {
  pattern: RegExp;
  /** After "must be". */
  says: string;
}

export const NAME_RULES = {
  resourceGroup: {
    pattern: /^(?=.{1,90}$)[-\w.()]*[-\w()]$/,
    says: "1 to 90 letters, digits, '-', '_', '(', ')' and inner '.'",
  },
  storageAccount: { pattern: /^[a-z0-9]{3,24}$/, says: "3 to 24 lower-case letters and digits" },
  fileShare: {
    pattern: /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
    says: "3 to 63 lower-case letters, digits and single inner hyphens",
  },
  registry: { pattern: /^[A-Za-z0-9]{5,50}$/, says: "5 to 50 letters and digits" },
  identity: {
    pattern: /^[A-Za-z0-9][-\w]{2,127}$/,
    says: "3 to 128 letters, digits, '-' and '_', beginning with a letter or digit",
  },
  logWorkspace: {
    pattern: /^(?=.{4,63}$)[A-Za-z0-9][-A-Za-z0-9]*[A-Za-z0-9]$/,
    says: "4 to 63 letters, digits and inner hyphens",
  },
  roleAssignment: {
    pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    says: "a UUID",
  },
  containerGroup: {
    pattern: /^(?=.{1,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
    says: "1 to 63 lower-case letters, digits and single inner hyphens",
  },
  container: {
    pattern: /^(?=.{1,63}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    says: "1 to 63 lower-case letters, digits and inner hyphens",
  },
  dnsLabel: {
    pattern: /^(?=.{5,63}$)[a-z][-a-z0-9]*[a-z0-9]$/,
    says: "5 to 63 lower-case letters, digits and inner hyphens, beginning with a letter",
  },
} as const satisfies Record<string, NameRule>;

/** Words that no name of a public host may hold (learn.microsoft.com, "Resolve reserved resource name errors"). */
export const RESERVED_WORDS = /microsoft|windows|xbox|^login/i;

/** Why Azure would refuse a name; undefined where it would not. */
export function nameProblem(kind: keyof typeof NAME_RULES, name: string): string | undefined {
  const { pattern, says } = NAME_RULES[kind];
  return pattern.test(name) ? undefined : `'${name}' must be ${says}`;
}

/** The same for one that is part of a public host name. */
export function publicNameProblem(kind: keyof typeof NAME_RULES, name: string): string | undefined {
  const word = RESERVED_WORDS.exec(name)?.[0];
  return (
    nameProblem(kind, name) ??
    (word === undefined ? undefined : `'${name}' holds the reserved word '${word}': choose another`)
  );
}

/** What is wrong with tags (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources, "Limitations"). */
export function tagProblems(tags: Record<string, string>): string[] {
  const names = Object.keys(tags);
  return [
    ...(names.length > 50 ? [`there are ${names.length} tags, and Azure takes 50`] : []),
    ...names
      .filter((name) => name.length > 512 || /[<>%&\\?/]/.test(name))
      .map((name) => `'${name}' is no tag's name: at most 512 characters, none of <>%&\\?/`),
    ...names
      .filter((name) => (tags[name] ?? "").length > 256)
      .map((name) => `the tag '${name}' has more than 256 characters`),
  ];
}
