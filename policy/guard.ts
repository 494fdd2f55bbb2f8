import * as pulumi from "@pulumi/pulumi";
import { certificateLifeProblems, type CertificateKind } from "./certificate-life";
import { environmentOfStack, type Environment } from "./environment";
import { UNKNOWN } from "./finding";
import { buildProblems, imageOriginProblems } from "./image-rules";
import { isObject, type Inputs } from "./inputs";
import { judgeResource } from "./judge-resource";

const CONTAINER = "docker:index/container:Container";
const COMMAND = "command:local:Command";

/** The environment of the running program's stack. */
function currentEnvironment(): Environment {
  return environmentOfStack(pulumi.getStack(), pulumi.getProject());
}

/** Throws one Error that says who, which rules and how to mend it; returns where no rule is broken. */
function refuse(who: string, environment: Environment, problems: string[]): void {
  if (problems.length === 0) return;
  throw new Error(
    `${who} breaks the policy of ${environment}:\n${problems.map((line) => `  ${line}`).join("\n")}`,
  );
}

/**
 * The inputs without Outputs: what only the engine will know is unknown here, and judged by the policy pack. A component calls this
 * before it declares anything.
 */
function withoutOutputs(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withoutOutputs);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutOutputs(one)]));
}

function refusedBy(type: string, inputs: Inputs, environment: Environment): string[] {
  return judgeResource(type, inputs, environment).flatMap((finding) =>
    finding.kind === "refused" ? [`${finding.rule}: ${finding.message}`] : [],
  );
}

/**
 * Refuses a container that breaks a rule.
 * @param args of a docker.Container.
 * @throws Error naming the container, each rule that it breaks, and the fix.
 */
export function guardContainer(name: string, args: object): void {
  const environment = currentEnvironment();
  const inputs = withoutOutputs(args) as Inputs;
  const found = refusedBy(CONTAINER, inputs, environment);
  // An id that stands in the program was pulled by nobody; one that a pulled image gave is an Output.
  const facts = { image: inputs.image, pulledByDigest: inputs.image === UNKNOWN };
  const unpulled = found.length > 0 ? [] : imageOriginProblems(facts, environment);
  refuse(`container ${name}`, environment, [
    ...found,
    ...unpulled.map((problem) => `image-origin: ${problem}`),
  ]);
}

/**
 * Refuses a command that is not our provisioner's.
 * @param args of a command.local.Command.
 * @throws Error naming the command, the rule and the fix.
 */
export function guardCommand(name: string, args: object): void {
  const environment = currentEnvironment();
  refuse(`command ${name}`, environment, refusedBy(COMMAND, withoutOutputs(args) as Inputs, environment));
}

/**
 * Refuses a certificate that lives too long.
 * @throws Error naming the certificate, the rule and the longest life.
 */
export function guardCertificate(name: string, kind: CertificateKind, validityHours: number): void {
  const problems = certificateLifeProblems(kind, validityHours);
  refuse(
    `certificate ${name}`,
    currentEnvironment(),
    problems.map((problem) => `certificate-life: ${problem}`),
  );
}

/**
 * Refuses to build an image outside dev.
 * @param what is built, for the message: the folder of the build context.
 * @throws Error naming what, the rule and the way to a built image.
 */
export function guardBuild(what: string): void {
  const environment = currentEnvironment();
  const problems = buildProblems(environment).map((problem) => `no-builds: ${problem}`);
  refuse(`the image of ${what}`, environment, problems);
}
