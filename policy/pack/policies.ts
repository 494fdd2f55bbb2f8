import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import { concerns, environmentOfUrn, judgeResource, resourceRules } from "../rules";
import { imageOriginPolicies } from "./image-origin";
import { knownInputs } from "./known-inputs";

/**
 * One policy a rule, named like it, so that a refusal says which rule it was; one that says what a preview could not judge; and what
 * looks at the whole stack.
 */
export function policies(): Policies {
  return [...resourceRules.map(rulePolicy), unjudgedPolicy, ...imageOriginPolicies()];
}

function rulePolicy({ name, description }: (typeof resourceRules)[number]): ResourceValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    validateResource: ({ type, props, urn }, report) => {
      if (!concerns(name, type)) return;
      for (const finding of judgeResource(type, knownInputs(props), environmentOfUrn(urn), name))
        if (finding.kind === "refused") report(finding.message);
    },
  };
}

/** What is not known in a preview is no pass in silence: it is named here, and judged when `up` knows it. */
const unjudgedPolicy: ResourceValidationPolicy = {
  name: "judged-at-up",
  description: "Some values exist only once up has made what they depend on.",
  enforcementLevel: "advisory",
  validateResource: ({ type, props, urn }, report) => {
    const rulesOf = new Map<string, string[]>();
    for (const finding of judgeResource(type, knownInputs(props), environmentOfUrn(urn)))
      if (finding.kind === "later")
        rulesOf.set(finding.property, [...(rulesOf.get(finding.property) ?? []), finding.rule]);
    for (const [property, rules] of rulesOf)
      report(`${property} is not known yet: up judges it by ${[...new Set(rules)].join(", ")}`);
  },
};
