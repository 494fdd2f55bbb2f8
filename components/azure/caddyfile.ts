import { EDITOR_PORT } from "../../spec/workspace/in-container";

export interface CaddySettings {
  hostName: string;
  email: string;
  issuer: "acme" | "internal";
  acmeDirectory?: string;
  /** Where certificates and keys are kept. */
  storagePath: string;
}

/** Answers 200 without encryption, inside the group only: what Azure's probes ask. */
export const SIDECAR_HEALTH_PORT = 8081;
/** What the sidecar serves. */
export const TLS_PORTS = { http: 80, https: 443 } as const;

/** Encryption in front of the editor. Without its admin API: nothing may change it while it runs. */
export function caddyfile({ hostName, email, issuer, acmeDirectory, storagePath }: CaddySettings): string {
  return `{
	admin off
	email ${email}
${acmeDirectory === undefined ? "" : `	acme_ca ${acmeDirectory}\n`}	storage file_system ${storagePath}
${issuer === "internal" ? "	skip_install_trust\n" : ""}}

${hostName} {
${issuer === "internal" ? "	tls internal\n" : ""}	header Strict-Transport-Security "max-age=31536000"
	reverse_proxy 127.0.0.1:${EDITOR_PORT}
}

http://:${SIDECAR_HEALTH_PORT} {
	respond 200
}
`;
}
