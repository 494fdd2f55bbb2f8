import { EXTRA_CA_FILE, SECRETS_FOLDER } from "../../spec/container-spec";
import { SERVICE_ACCESS_PATH, serviceAccess, type ServiceAccess } from "../../spec/gateway-api";
import type { LocalApp } from "../app/find-app";
import type { ContainerFile } from "../driver/container-file";
import { secretFilesFor } from "../secrets/files";
import type { Session } from "../session";

/** What an app's container gets as files, before it starts. */
export interface AppFiles {
  files: ContainerFile[];
  /** Whether a CA bundle is among them. */
  extraCa: boolean;
}

/**
 * The secrets that its berth.yaml names, the way into the shared services that it uses, and the CA bundle of the host's proxy.
 * @param bundle PEM; "" for none.
 * @throws Failure where a secret has no value, or the server gives no such service.
 */
export async function filesFor(session: Session, app: LocalApp, bundle: string): Promise<AppFiles> {
  const [{ postgres, redis }, secrets] = await Promise.all([
    accessFor(session, app),
    secretFilesFor(session, app),
  ]);
  const files = [
    ...(postgres ? [{ path: `${SECRETS_FOLDER}/database-url`, content: postgres.url }] : []),
    ...(redis ? [{ path: `${SECRETS_FOLDER}/redis-url`, content: redis.url }] : []),
    ...(bundle === "" ? [] : [{ path: EXTRA_CA_FILE, content: bundle }]),
    ...secrets,
  ];
  return { files, extraCa: bundle !== "" };
}

async function accessFor({ ask }: Session, { name, manifest }: LocalApp): Promise<ServiceAccess> {
  const { postgres, redis } = manifest.services;
  if (!postgres && !redis) return {};
  const answer = await ask("POST", SERVICE_ACCESS_PATH, { app: name, environment: "dev", postgres, redis });
  return serviceAccess.parse(answer);
}
