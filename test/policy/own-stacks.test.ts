import { environmentOfUrn, judgeResource, type Environment } from "../../policy/rules";
import { buildStack } from "../../stacks/build";
import { MockedProgram } from "../support/pulumi-mocks";
import { sampleProviders } from "../support/sample-providers";
import { builtConfig, digestOf, sampleStack } from "../support/sample-stack";

const image = digestOf("service");
const roles = ["postgres", "redis", "proxy", "proxy-routes"];

/** A stack on a host of its own, so that it has every kind of resource. */
function configOf(environment: Environment): Record<string, unknown> {
  if (environment === "dev") return {};
  const serviceImages = Object.fromEntries(roles.map((role) => [role, { image }]));
  return { ...builtConfig(environment), host: {}, serviceImages };
}

test.each(["dev", "tst", "pro"] as const)(
  "the %s stack that we declare keeps every rule",
  async (environment) => {
    const program = await MockedProgram.start(sampleProviders, { stack: environment });
    await buildStack(sampleStack(configOf(environment)));
    const resources = await program.resources();
    expect(resources.length).toBeGreaterThan(20);
    const findings = resources.flatMap(({ type, urn, inputs }) =>
      judgeResource(type, inputs, environmentOfUrn(urn)).map((finding) => ({ urn, ...finding })),
    );
    expect(findings).toEqual([]);
  },
);
