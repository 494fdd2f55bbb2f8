import { judge, type Finding, type GivenFact, type Known, type Rule } from "./finding";

/** What the rules ask about a command that runs on the operator's machine, where it could do anything. */
export interface CommandFacts {
  /** Command lines, by the input that holds each. */
  lines: { property: string; line: Known<string | undefined> }[];
  /** Names of the variables it is given. */
  variables: Known<string[]>;
  /** Inputs that decide what a command line means: `interpreter`, `dir`. */
  context: GivenFact[];
}

/** Programs of ours with plain words: nothing in them is a second command to a shell. */
const OWN_PROGRAMS = [
  /^node \.berth\/build\/provision\.js( [A-Za-z0-9_.:@/=-]+)+$/,
  // Workspaces are a Pulumi project of their own, in a folder of this one.
  /^node (\.\.\/)?\.berth\/build\/fly-machines\.js (app|volume|secrets|machine)( --remove)?$/,
];
/** How the engine is reached. Any other variable (PATH, NODE_OPTIONS) could change what `node` does. */
const VARIABLE = /^(DOCKER|BERTH)_[A-Z_]+$/;

export const ownCommandsOnly: Rule<CommandFacts> = {
  name: "own-commands-only",
  description: "A stack runs no commands but our own programs: any other would bypass every rule.",
  check: ({ lines, variables, context }): Finding[] => [
    ...lines.flatMap(({ property, line }) =>
      judge(property, line, (words) =>
        words === undefined || OWN_PROGRAMS.some((program) => program.test(words))
          ? []
          : [
              `${property} runs something else than our own programs (components/provisioning.ts, components/fly/step.ts): declare a resource, or add a step to services/provision`,
            ],
      ),
    ),
    ...judge("environment", variables, (names) =>
      names
        .filter((name) => !VARIABLE.test(name))
        .map((name) => `environment.${name} can change what the command does: remove it`),
    ),
    ...context.flatMap(({ property, given }) =>
      judge(property, given, (isGiven) =>
        isGiven ? [`${property} changes what the command line means: remove ${property}`] : [],
      ),
    ),
  ],
};
