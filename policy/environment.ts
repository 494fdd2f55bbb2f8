/** The environments, in the order an app passes through them. */
export const environments = ["dev", "tst", "pro"] as const;
export type Environment = (typeof environments)[number];

/** The environment whose rules a stack is under: its name says so, and any other name is judged as strictly as pro. */
export function environmentOfStack(stack: string): Environment {
  return environments.find((environment) => environment === stack) ?? "pro";
}

/** The same, from the URN of one of the stack's resources: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export function environmentOfUrn(urn: string): Environment {
  return environmentOfStack(/^urn:pulumi:(.*?)::/.exec(urn)?.[1] ?? "");
}
