import type {
  Policies,
  PolicyResource,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { environmentOfUrn, imageOriginProblems, isDigest } from "../rules";
import { knownInputs } from "./known-inputs";

const CONTAINER = "docker:index/container:Container";
const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";

/**
 * Where a container's image comes from shows only in the whole stack: the id that it runs must be that of an image which the
 * same stack pulls by digest. Over the stack the engine shows outputs, in which a provider may have put an id for a digest, so that
 * a first policy notes the inputs.
 */
export function imageOriginPolicies(): Policies {
  const references = new Map<string, unknown>();
  return [noteReferences(references), imageOriginPolicy(references)];
}

function noteReferences(references: Map<string, unknown>): ResourceValidationPolicy {
  return {
    name: "image-origin-inputs",
    description: "Notes what each container is to run and what each image is pulled by, for image-origin.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, props, urn }) => {
      if (type === CONTAINER) references.set(urn, knownInputs(props).image);
      if (type === REMOTE_IMAGE) references.set(urn, knownInputs(props).name);
    },
  };
}

function imageOriginPolicy(references: Map<string, unknown>): StackValidationPolicy {
  const isPulledByDigest = ({ type, urn }: PolicyResource): boolean =>
    type === REMOTE_IMAGE && isDigest(references.get(urn));
  return {
    name: "image-origin",
    description:
      "A container of pro runs what its stack pulls by digest, and no image that merely lies on the host.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const { type, urn, propertyDependencies } of resources) {
        if (type !== CONTAINER) continue;
        const facts = {
          image: references.get(urn),
          pulledByDigest: (propertyDependencies.image ?? []).some(isPulledByDigest),
        };
        for (const problem of imageOriginProblems(facts, environmentOfUrn(urn))) report(problem, urn);
      }
    },
  };
}
