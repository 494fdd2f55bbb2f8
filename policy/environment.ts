/** The environments, in the order an app passes through them. */
export const environments = ["dev", "tst", "pro"] as const;
export type Environment = (typeof environments)[number];

/** Pulumi project of developers' workspaces (workspaces/Pulumi.yaml): they are dev's, and its stacks are named after places and owners. */
export const WORKSPACES_PROJECT = "berth-workspaces";

/**
 * The environment whose rules a stack is under: its name says so, and any other name is judged as strictly as pro.
 * @param project absent for Berth's own.
 */
export function environmentOfStack(stack: string, project?: string): Environment {
  if (project === WORKSPACES_PROJECT) return "dev";
  return environments.find((environment) => environment === stack) ?? "pro";
}

/** The same, from the URN of one of the stack's resources: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export function environmentOfUrn(urn: string): Environment {
  const [, stack = "", project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(urn) ?? [];
  return environmentOfStack(stack, project);
}
