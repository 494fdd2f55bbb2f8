import { z } from "zod";

/** The stack's outputs (docs/outputs.md), as scripts read them. Strict: a renamed or missing output is an error. */
export const outputsSchema = z.strictObject({
  environment: z.enum(["dev", "tst", "pro"]),
  networkName: z.string(),
  proxyUrl: z.url(),
  appUrls: z.record(z.string(), z.url()),
  appContainers: z.record(z.string(), z.string()),
  appImages: z.record(z.string(), z.string()),
  serviceContainers: z.record(z.string(), z.string()),
  registryAddress: z.string(),
  registryUsername: z.string(),
  registryPassword: z.string(),
  dockerHost: z.string(),
  onboardingUrl: z.string(),
  caCertPem: z.string(),
  certificateExpiry: z.record(z.string(), z.iso.datetime({ offset: true })),
});
export type Outputs = z.infer<typeof outputsSchema>;
