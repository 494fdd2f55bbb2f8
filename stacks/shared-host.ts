import * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "./host-access";
import type { StackOutputs } from "./outputs";

const NEEDED = ["proxyUrl", "caCertPem", "registryAddress", "registryUsername", "registryPassword"] as const;

/**
 * Refers to the stack that owns the host's proxy, registry and CA.
 * @throws RunError in `up` where that stack has no such outputs; a preview warns, since a runner may not have that stack's state.
 */
export async function sharedHost(stack: string): Promise<HostAccess> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
  const reference = new pulumi.StackReference("host", { name });
  await refuseMissing(reference, stack);
  const output = (key: keyof StackOutputs, missing = ""): pulumi.Output<string> =>
    reference.getOutput(key).apply((value: unknown) => (typeof value === "string" ? value : missing));
  return {
    proxyUrl: output("proxyUrl", "http://localhost"),
    caCertPem: output("caCertPem"),
    certificateExpiry: {},
    certificate: undefined,
    authority: undefined,
    dockerHost: output("dockerHost"),
    onboardingUrl: output("onboardingUrl"),
    registry: {
      address: output("registryAddress"),
      username: output("registryUsername"),
      password: pulumi.secret(output("registryPassword")),
    },
  };
}

async function refuseMissing(reference: pulumi.StackReference, stack: string): Promise<void> {
  const details = await Promise.all(NEEDED.map((key) => reference.getOutputDetails(key)));
  const missing = NEEDED.filter(
    (_, index) => details[index]?.value === undefined && details[index]?.secretValue === undefined,
  );
  if (missing.length === 0) return;
  const message = `stack '${stack}' has no output ${missing.join(", ")}: run 'make up ENV=${stack}' first, or remove berth:host`;
  if (!pulumi.runtime.isDryRun()) throw new pulumi.RunError(message);
  await pulumi.log.warn(message);
}
