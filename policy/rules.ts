/**
 * What may run where, as pure functions. Config schema, component guard (guard.ts) and policy pack (pack/) all ask here; one file a
 * kind of rule beside this one.
 */
export { grantableCapabilities } from "./capabilities";
export { certificateLifeProblems, longestLifeHours, type CertificateKind } from "./certificate-life";
export {
  environmentOfStack,
  environmentOfUrn,
  environments,
  WORKSPACES_PROJECT,
  type Environment,
} from "./environment";
export { UNKNOWN, type Known, type RuleFinding } from "./finding";
export { buildProblems, imageOriginProblems, imageProblems, isDigest } from "./image-rules";
export { concerns, judgeResource, resourceRules } from "./judge-resource";
export { liveSourceProblems, type LiveSource } from "./live-source";
