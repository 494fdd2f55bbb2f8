import * as fs from "node:fs";
import { z } from "zod";
import { formatPath, validate } from "../../config/problems";
import { longestLifeHours } from "../../policy/rules";

const file = z.string().startsWith("/", "must be an absolute path");
const port = z.int().min(1).max(65_535);
/** What Postgres takes as a name without quotes. */
const databaseWord = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, "must be a lower-case Postgres name");

/** The settings file of `onboarding` and `berth-admin`. It holds no secret: those are files that it names. */
export const onboardingSettings = z.strictObject({
  /** Start of the installation's physical names, and the organization (O) in every certificate. */
  prefix: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, "must be lower-case letters, digits and inner hyphens")
    .default("berth"),
  listen: z.strictObject({ port: port.default(8443) }).prefault({}),
  /** The server's certificate, with its issuer's behind it (PEM). */
  serverCertFile: file,
  serverKeyFile: file,
  /** What clients trust (PEM). */
  rootCertFile: file,
  /** The CA that signs developers' certificates (PEM), and its key. */
  issuingCertFile: file,
  issuingKeyFile: file,
  /** What developers are told as DOCKER_HOST. */
  dockerEndpoint: z.string().regex(/^tcp:\/\/\S+:\d+$/, "must be tcp://<host>:<port>"),
  database: z.strictObject({
    host: z.string().min(1),
    port: port.default(5432),
    name: databaseWord.default("onboarding"),
    user: databaseWord.default("onboarding"),
    passwordFile: file,
  }),
  /** The role that may read which certificates hold, and nothing else. */
  gatewayDatabaseUser: databaseWord.default("gateway"),
  /** Key of the stored PIN hashes: at least 32 characters, any. */
  pinKeyFile: file,
  /** 64 hex characters: `secretsEncryption` of each developer is derived from it. */
  secretsKeyFile: file,
  /** Handed on to developers as it is: where the shared secrets are. */
  sharedSecrets: z.string().default(""),
  /** Life of a developer's certificate. 30 days. */
  clientValidityHours: z.int().min(1).max(longestLifeHours.client).default(720),
  /** How long a renewed certificate holds on, for connections and tools that still use it. */
  supersededGraceMinutes: z.int().min(0).max(1_440).default(60),
  /** Tries of a minute, counted in the database for all replicas together. */
  limits: z
    .strictObject({
      /** From one IPv4 address, or one IPv6 /64 network. */
      perAddressPerMinute: z.int().min(1).default(30),
      overallPerMinute: z.int().min(1).default(300),
    })
    .prefault({}),
});

export type OnboardingSettings = z.output<typeof onboardingSettings>;

/**
 * Reads and checks the settings file.
 * @throws Error that names every wrong key, or says why the file cannot be read.
 */
export function readSettings(path: string): OnboardingSettings {
  let input: unknown;
  try {
    input = JSON.parse(fs.readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(
      `onboarding: the settings file ${path} cannot be read as JSON: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  const result = validate(onboardingSettings, input);
  if ("value" in result) return result.value;
  const problems = result.problems.map(({ path: keys, fix }) => `${formatPath(keys)} ${fix}`);
  throw new Error(`onboarding: the settings file ${path} is wrong: ${problems.join("; ")}`);
}
