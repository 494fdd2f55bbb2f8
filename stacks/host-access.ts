import type * as pulumi from "@pulumi/pulumi";
import type { IssuingAuthority } from "../components/onboarding-service";

/** Where images are pulled from and pushed to. */
export interface RegistryAccess {
  /** Host and port: the first part of image names; empty where there is no registry. */
  address: pulumi.Input<string>;
  username: pulumi.Input<string>;
  /** Secret. */
  password: pulumi.Input<string>;
}

/** What exists once on a host: made by this stack, or by the one that it refers to. */
export interface HostAccess {
  proxyUrl: pulumi.Output<string>;
  /** What clients trust. */
  caCertPem: pulumi.Output<string>;
  /** End of each certificate of this stack (RFC 3339), by name. */
  certificateExpiry: Record<string, pulumi.Output<string>>;
  /** Certificate of the host's TLS servers, where this stack has the CA. */
  certificate: { chainPem: pulumi.Output<string>; keyPem: pulumi.Output<string> } | undefined;
  /** What signs developers' certificates, where this stack has the CA. */
  authority: IssuingAuthority | undefined;
  /** DOCKER_HOST for developers, and where they get their certificate; empty where the host lets none in. */
  dockerHost: pulumi.Input<string>;
  onboardingUrl: pulumi.Input<string>;
  /** A registry of somebody else; the stack's own comes with its services. */
  registry: RegistryAccess | undefined;
}
