import type * as pulumi from "@pulumi/pulumi";
import { SECRETS_FOLDER } from "../spec/container-spec";

/** Where the gateway writes its audit log, and onboarding reads it for `berth-admin audit`. */
export const AUDIT_FOLDER = "/var/lib/berth/audit";

/** A secret's place in a container. */
export const secretFile = (name: string): string => `${SECRETS_FOLDER}/${name}`;

/** A TLS server's certificate. */
export interface ServerCertificate {
  /** The server's certificate with its issuer's behind it. */
  chainPem: pulumi.Input<string>;
  /** Secret. */
  keyPem: pulumi.Input<string>;
}

/** One role's way to the database of identities. */
export interface DatabaseAccess {
  host: pulumi.Input<string>;
  name: string;
  user: string;
  /** Secret. */
  password: pulumi.Input<string>;
}

/** A role's way to the database as the programs' settings have it. */
export function databaseSettings({ host, name, user }: DatabaseAccess): Record<string, unknown> {
  return { host, port: 5432, name, user, passwordFile: secretFile("database-password") };
}
