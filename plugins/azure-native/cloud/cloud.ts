/** What all calls of one provider share: whose subscription it plays, what is in it, and the engine that runs the containers. */
import * as os from "node:os";
import * as path from "node:path";
import type { Properties, PropertySpec } from "../../kit/types";
import type { Engine } from "../../docker/engine/client";
import { configure as connectEngine } from "../../docker/provider-config";
import * as spec from "../../docker/support/spec";
import * as read from "../../docker/support/values";
import { uuidOf } from "./ids";
import { RecordStore } from "./record-store";

export interface Cloud {
  subscriptionId: string;
  tenantId: string;
  records: RecordStore;
  engine: Engine;
}

/** A subscription that nobody has. */
const NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";

/** Official package schema, `config.variables`. Credentials are taken and never used. */
export const providerConfig: Record<string, PropertySpec> = {
  auxiliaryTenantIds: spec.texts(),
  clientCertificatePassword: spec.text({ secret: true }),
  clientCertificatePath: spec.text(),
  clientId: spec.text({ secret: true }),
  clientSecret: spec.text({ secret: true }),
  disableInstanceDiscovery: spec.flag(),
  disablePulumiPartnerId: spec.flag(),
  environment: spec.text(),
  location: spec.text(),
  metadataHost: spec.text(),
  msiEndpoint: spec.text(),
  oidcAudience: spec.text(),
  oidcRequestToken: spec.text({ secret: true }),
  oidcRequestUrl: spec.text(),
  oidcToken: spec.text({ secret: true }),
  oidcTokenFilePath: spec.text(),
  partnerId: spec.text(),
  subscriptionId: spec.text({ secret: true }),
  tenantId: spec.text(),
  useDefaultAzureCredential: spec.flag(),
  useMsi: spec.flag(),
  useOidc: spec.flag(),
};

/** @throws Error that says which engine cannot be used, and why. */
export async function configure(config: Properties, environment = process.env): Promise<Cloud> {
  const subscriptionId =
    read.filledText(config, "subscriptionId") ?? (environment.ARM_SUBSCRIPTION_ID || NO_SUBSCRIPTION);
  return {
    subscriptionId,
    tenantId: read.filledText(config, "tenantId") ?? (environment.ARM_TENANT_ID || uuidOf("tenant")),
    records: new RecordStore(path.join(homeFolder(environment), "azure-emulation", subscriptionId)),
    engine: await connectEngine({}, environment),
  };
}

/** Beside the toolchain that runs it, so that it goes with it. */
function homeFolder(environment: NodeJS.ProcessEnv): string {
  return environment.PULUMI_HOME || path.join(os.homedir(), ".pulumi");
}
