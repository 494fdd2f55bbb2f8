import type { BerthConfig } from "./schema";

/** The engine, as provider plugin, provisioning step and scripts are told. */
export interface EngineAddress {
  host: string;
  /** Folder with ca.pem, cert.pem and key.pem. */
  certPath: string | undefined;
  /** The engine's own socket on its host. */
  socketPath: string;
}

/** The config's address, else what the docker command would take, else the usual socket. */
export function engineAddress(
  { host, certPath, socketPath }: BerthConfig["engine"],
  { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH }: NodeJS.ProcessEnv,
): EngineAddress {
  return {
    host: host ?? DOCKER_HOST ?? `unix://${socketPath}`,
    certPath: certPath ?? (DOCKER_TLS_VERIFY ? DOCKER_CERT_PATH : undefined),
    socketPath,
  };
}
