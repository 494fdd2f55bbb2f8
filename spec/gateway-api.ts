/** What the gateway answers beside the Engine API, as it and its clients read it. */
import { z } from "zod";
import { appName } from "./app-name";
import { containerDefaults, quota } from "./gateway-limits";

/** `GET`: what a client must know of the host. */
export const SETTINGS_PATH = "/berth/v1/settings";
/** `POST`: access to the shared services for one app of the caller's. */
export const SERVICE_ACCESS_PATH = "/berth/v1/service-access";
/** `POST`: a database and keys in tst for one throw-away container of the caller's, who has the role ci or operator. */
export const THROW_AWAY_ACCESS_PATH = "/berth/v1/throw-away-access";
/** `POST`: takes such access away, with all that is in it. */
export const THROW_AWAY_END_PATH = "/berth/v1/throw-away-access/end";

/** Shared services that an app may be given access to. */
export const grantableServices = ["postgres", "redis"] as const;

/** Images of the host that clients name; empty where the host has none. */
export const hostImages = z.object({
  /** What apps of a language are built on and run on. */
  runtime: z.object({ typescript: z.string(), python: z.string() }),
  /** What a developer's sync container runs. */
  sync: z.string(),
  /** What a developer's workspaces run; an older gateway names none. */
  workspace: z.string().default(""),
  /** Holds the CA bundle of a TLS-inspecting proxy, for builds. */
  extraCa: z.string(),
});

const portRange = z.object({ first: z.int(), last: z.int() });

/** The answer of {@link SETTINGS_PATH}. */
export const serverSettings = z.object({
  /** Start of every physical name. */
  prefix: z.string(),
  /** The label berth.stack of what is dev's. */
  stack: z.string(),
  /** The caller's, from the certificate. */
  developerId: z.string(),
  role: z.enum(["developer", "ci", "operator"]),
  /** End of every app's host name: `<app>.<developer id>.<domain>`. */
  domain: z.string(),
  /** Scheme, host and port under which the proxy is reached. */
  proxyUrl: z.string(),
  images: hostImages,
  /** `quota`: what the caller may have at one time; `defaults`: limits of a container that names none. */
  limits: z.object({ quota, defaults: containerDefaults }),
  /** Where the caller's published ports are on the host; null where the caller may publish none. */
  ports: portRange.extend({ address: z.string() }).nullable(),
  /** What {@link SERVICE_ACCESS_PATH} can give. */
  services: z.array(z.enum(grantableServices)),
});

/** The body of {@link SERVICE_ACCESS_PATH}. */
export const serviceAccessRequest = z.strictObject({
  app: appName,
  /** In tst and pro access is the stack's. */
  environment: z.literal("dev", "must be 'dev': in tst and pro the stack gives its apps their access"),
  postgres: z.boolean().default(false),
  redis: z.boolean().default(false),
});

/** `GET`: the databases that the caller has in dev's Postgres, and how large they are. */
export const DATABASES_PATH = "/berth/v1/databases";
/** The answer of {@link DATABASES_PATH}. */
export const databaseSizes = z.object({
  databases: z.array(z.object({ name: z.string(), bytes: z.number() })),
});

/** The answer of {@link SERVICE_ACCESS_PATH}: what was asked for. The URLs hold the password, and names of the environment's network. */
export const serviceAccess = z.object({
  postgres: z.object({ url: z.string() }).optional(),
  redis: z.object({ url: z.string(), keyPrefix: z.string() }).optional(),
});

/** The body of {@link THROW_AWAY_ACCESS_PATH}. */
export const throwAwayRequest = z.strictObject({
  postgres: z.boolean().default(false),
  redis: z.boolean().default(false),
});

/** Made by the gateway: it says when, and for whom. Its container's name ends with `-once-<id>`, so that what is left over is known. */
const throwAwayId = z.string().regex(/^[0-9a-z]{19}$/, "is no id of throw-away access");

/** The answer of {@link THROW_AWAY_ACCESS_PATH}. */
export const throwAwayAccess = serviceAccess.extend({ id: throwAwayId });

/** The body of {@link THROW_AWAY_END_PATH}; the answer is empty. */
export const throwAwayEnd = z.strictObject({ id: throwAwayId });

export type HostImages = z.output<typeof hostImages>;
export type ServerSettings = z.output<typeof serverSettings>;
export type ServiceAccessRequest = z.output<typeof serviceAccessRequest>;
export type ServiceAccess = z.output<typeof serviceAccess>;
export type ThrowAwayRequest = z.output<typeof throwAwayRequest>;
export type ThrowAwayAccess = z.output<typeof throwAwayAccess>;
