import type { Properties, PropertySpec } from "../../kit/types";
import { isObject } from "../../kit/values";
import { text } from "../properties";

const ENDPOINT: Record<string, PropertySpec> = {
  agentSocketPath: { type: "string" },
  dialErrorLimit: { type: "integer", default: 10 },
  host: { type: "string", required: true },
  hostKey: { type: "string" },
  password: { type: "string", secret: true },
  perDialTimeout: { type: "integer", default: 15 },
  port: { type: "number", default: 22 },
  privateKey: { type: "string", secret: true },
  privateKeyPassword: { type: "string", secret: true },
  user: { type: "string", default: "root" },
};

/** The input `connection` of remote resources: stored encrypted as a whole. */
export const CONNECTION: PropertySpec = {
  type: "object",
  required: true,
  secret: true,
  fields: { ...ENDPOINT, proxy: { type: "object", fields: ENDPOINT } },
};

/** One SSH server and how to get in. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password: string | undefined;
  privateKey: string | undefined;
  privateKeyPassword: string | undefined;
  /** Socket of an SSH agent. Default: SSH_AUTH_SOCK. */
  agentSocketPath: string | undefined;
  /** The server's public key in the form of authorized_keys; any key is taken when not given. */
  hostKey: string | undefined;
  /** How many failed attempts are tried again; -1: no end. */
  dialErrorLimit: number;
  /** Seconds for one attempt; 0: no limit. */
  perDialTimeoutSeconds: number;
}

/** Reads the `connection` of checked inputs or of a state: the server, and the one to jump over if there is one. */
export function readConnection(properties: Properties): { target: Endpoint; proxy: Endpoint | undefined } {
  const connection = properties["connection"];
  if (!isObject(connection)) throw new Error(`"connection" is missing: say at least its host`);
  const proxy = connection["proxy"];
  return { target: readEndpoint(connection), proxy: isObject(proxy) ? readEndpoint(proxy) : undefined };
}

function readEndpoint(fields: Properties): Endpoint {
  const number = (name: string, otherwise: number) => {
    const value = fields[name];
    return typeof value === "number" ? value : otherwise;
  };
  return {
    host: text(fields, "host") ?? "",
    port: number("port", 22),
    user: text(fields, "user") ?? "root",
    password: text(fields, "password"),
    privateKey: text(fields, "privateKey"),
    privateKeyPassword: text(fields, "privateKeyPassword"),
    agentSocketPath: text(fields, "agentSocketPath") ?? process.env["SSH_AUTH_SOCK"],
    hostKey: text(fields, "hostKey"),
    dialErrorLimit: number("dialErrorLimit", 10),
    perDialTimeoutSeconds: number("perDialTimeout", 15),
  };
}
