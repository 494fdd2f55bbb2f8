import * as fs from "node:fs";
import { z } from "zod";
import { hostImages } from "../../spec/gateway-api";
import { containerDefaults, quota } from "../../spec/gateway-limits";

const portNumber = z.int().min(1).max(65_535);
const wholeAtLeastOne = z.int().min(1);

/** gateway.json: what the gateway must know, each field with why, unit and default. */
const settingsSchema = z.strictObject({
  /** First part of every physical name and organisation of the certificates. */
  prefix: z
    .string()
    .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
    .default("berth"),
  /** The stack that owns this gateway: value of the label `berth.stack`. */
  stack: z.string().min(1),
  listen: z.strictObject({
    port: portNumber.default(2376),
    /** 1.2 only for clients that cannot do better. */
    minimumTls: z.enum(["1.3", "1.2"]).default("1.3"),
  }),
  /** Plain HTTP for /health, /ready and /metrics; never published outside the identity network. */
  health: z.strictObject({ port: portNumber.default(9323) }),
  /** The server's certificate with its issuer's behind it (PEM). */
  serverCertFile: z.string().min(1),
  serverKeyFile: z.string().min(1),
  /** What client certificates must lead to, beside the authorities that the database names (PEM). */
  rootCertFile: z.string().min(1),
  engineSocket: z.string().min(1).default("/var/run/docker.sock"),
  database: z.strictObject({
    host: z.string().min(1),
    port: portNumber.default(5432),
    name: z.string().min(1).default("onboarding"),
    user: z.string().min(1).default("gateway"),
    passwordFile: z.string().min(1),
    /** After this long without an answer from the database nobody is let in. */
    maximumSilenceSeconds: z.number().min(2).max(30).default(30),
  }),
  auditFolder: z.string().min(1).default("/var/lib/berth/audit"),
  /** When the audit log is rotated and how many rotated files are kept beside the current one. */
  audit: z
    .strictObject({ maximumFileMb: wholeAtLeastOne.default(64), keptFiles: wholeAtLeastOne.default(16) })
    .prefault({}),
  /** Domain under which the proxy serves apps. */
  domain: z.string().min(1).default("localhost"),
  /** Address of the host on which developers' ports are bound. */
  publishAddress: z.string().min(1).default("127.0.0.1"),
  /** Host ports by developer id, for ids without the usual range. */
  portRanges: z.record(z.string(), z.strictObject({ first: portNumber, last: portNumber })).default({}),
  quota,
  defaults: containerDefaults,
  /** Capabilities that a container may ask for. */
  capabilities: z
    .array(z.string())
    .default(["CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE", "KILL"]),
  /** Image references that everybody may use beside the shared images of the stacks. */
  sharedImages: z.array(z.string()).default([]),
  /** Scheme, host and port of the proxy, for clients. */
  proxyUrl: z.string().min(1).default("http://localhost:8080"),
  /** Images that clients ask for by what they are; those that developers use are in `sharedImages` too. */
  images: hostImages.prefault({
    runtime: { typescript: "", python: "" },
    sync: "",
    workspace: "",
    extraCa: "",
  }),
  /** Shared services of dev to which apps of developers get access. */
  services: z
    .strictObject({
      /** Names of their containers, which are their names in dev's network as well. */
      postgres: z.string().min(1).optional(),
      redis: z.string().min(1).optional(),
      /** The key from which each app's password is derived; without it there is no access. */
      keyFile: z.string().min(1).optional(),
    })
    .prefault({}),
});

export type GatewaySettings = z.infer<typeof settingsSchema>;

/**
 * Checks settings that were read from JSON.
 * @throws Error naming every field that is missing, wrong or unknown.
 */
export function parseSettings(value: unknown, source: string): GatewaySettings {
  const result = settingsSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join(".") || "(whole file)"}: ${message}`,
  );
  throw new Error(`gateway cannot start: correct ${source}: ${problems.join("; ")}`);
}

/**
 * Reads gateway.json.
 * @throws Error with the file's name and what is wrong with it.
 */
export function readSettings(file: string | undefined): GatewaySettings {
  if (file === undefined)
    throw new Error("gateway cannot start: give the path of its settings (JSON) as the argument");
  return parseSettings(parseJson(readSecretFile(file), file), file);
}

/**
 * Reads a file that the settings name.
 * @throws Error with the file's name, never its content.
 */
export function readSecretFile(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`gateway cannot start: cannot read ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`gateway cannot start: ${file} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
