import { SECRETS_FOLDER } from "../../spec/container-spec";
import { SERVICE_ACCESS_PATH, serviceAccess, type ServiceAccessRequest } from "../../spec/gateway-api";
import type { LocalApp } from "../app/find-app";
import type { ContainerFile } from "../driver/container-file";
import { secretFilesFor } from "../secrets/files";
import type { Session } from "../session";

/** A developer's own access to the shared services that an app uses, and the secrets that it names, as files. @throws Failure */
export async function ownFilesFor(session: Session, app: LocalApp): Promise<ContainerFile[]> {
  const [access, secrets] = await Promise.all([accessFiles(session, app), secretFilesFor(session, app)]);
  return [...access, ...secrets];
}

async function accessFiles(session: Session, { name, manifest }: LocalApp): Promise<ContainerFile[]> {
  const { postgres, redis } = manifest.services;
  if (!postgres && !redis) return [];
  const request: ServiceAccessRequest = { app: name, environment: "dev", postgres, redis };
  const access = serviceAccess.parse(await session.ask("POST", SERVICE_ACCESS_PATH, request));
  const file = (key: string, content?: string): ContainerFile[] =>
    content === undefined ? [] : [{ path: `${SECRETS_FOLDER}/${key}`, content }];
  return [...file("database-url", access.postgres?.url), ...file("redis-url", access.redis?.url)];
}
