/**
 * Every setting of a stack: its name, form, unit, default and why. Pure: reading is in load.ts. Pulumi.yaml describes the same keys.
 */
import { z } from "zod";
import { subnetProblem } from "../spec/subnet";
import { builtApp, devApp, secretValues, serviceImages } from "./app-settings";
import { certificates } from "./certificate-settings";
import { address, HOST_NAME, memoryMb, namePart, port } from "./fields";
import { gateway, identity } from "./identity-settings";
import { workspaces } from "./workspace-settings";
import { ownRegistry, usedRegistry } from "./registry-settings";

/** Where the Docker engine is. */
const engine = z
  .strictObject({
    /** unix:///path or tcp://host:port; without it DOCKER_HOST or the engine's usual socket. */
    host: z
      .string()
      .regex(/^(unix:\/\/\/|tcp:\/\/[^/]+:\d+$)/, "must be unix:///path or tcp://host:port")
      .optional(),
    /** Folder with ca.pem, cert.pem and key.pem for a tcp:// engine. */
    certPath: z.string().min(1).optional(),
    /** The engine's own socket on its host, mounted into proxy-routes. */
    socketPath: z.string().startsWith("/", "must be an absolute path").default("/var/run/docker.sock"),
  })
  .prefault({});

/** The environment's bridge network. */
const network = z
  .strictObject({
    /** Explicit, so that the engine's few default pools are not eaten; one for each environment of a host. */
    subnet: z.string().superRefine((cidr, context) => {
      const problem = subnetProblem(cidr);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    }),
  })
  // Not valid, on purpose: a missing network is then asked for by its subnet.
  .prefault({} as never);

/** The reverse proxy in front of the apps. */
const proxy = z
  .strictObject({
    /** Port on the host; 8080 needs no rights. */
    httpPort: port.default(8080),
    /** Address on the host; loopback unless the operator opens it. */
    bindAddress: address.default("127.0.0.1"),
    /** End of every app's host name; *.localhost is the machine itself in every browser. */
    domain: z.string().regex(HOST_NAME, "must be a lower-case domain name").default("localhost"),
    memoryMb: memoryMb(64).default(256),
  })
  .prefault({});

/** A database service: how much memory its container may use. */
const database = (defaultMemoryMb: number) =>
  z.strictObject({ memoryMb: memoryMb(64).default(defaultMemoryMb) }).prefault({});

/** Where tst or pro runs. */
const host = z
  .strictObject({
    /** The stack on the same host whose proxy, registry and CA this one uses; absent on a host of its own. */
    stack: z.literal("dev").optional(),
  })
  .prefault({});

const common = {
  /** Start of every physical name; another one keeps several installations on one engine apart. */
  namePrefix: namePart(24).default("berth"),
  engine,
  network,
  proxy,
  postgres: database(512),
  redis: database(256),
  certificates,
  /** CA bundle for image builds and dev containers behind a TLS-inspecting proxy: "auto" (as the host has it), "none", or a path. */
  extraCaBundle: z.string().min(1).default("auto"),
  /** Debian base of every image; `make up` makes the default one. */
  baseImage: z.string().min(1).default("berth-base:trixie"),
  /** How images are built: the classic builder is in every engine, BuildKit is faster. */
  builder: z.enum(["classic", "buildkit"]).default("classic"),
  /**
   * Values of the secrets that apps name in their berth.yaml, by key, or by `<app>/<key>` for one app alone. Secrets: load.ts hands them
   * on as such.
   */
  appSecrets: secretValues.default({}),
  /** Password for registry.external. A secret: load.ts hands it on as one, and this text goes no further. */
  registryPassword: z.string().default(""),
};

/** A setting of other environments. */
const nothing = z.strictObject({}).prefault({});

const built = <E extends "tst" | "pro">(environment: E) =>
  z.strictObject({
    environment: z.literal(environment),
    ...common,
    host,
    registry: usedRegistry,
    // dev's, where it is the same host.
    identity: nothing,
    gateway: nothing,
    workspaces: nothing,
    serviceImages: serviceImages(environment),
    apps: z.array(builtApp(environment)).default([]),
  });

/** All settings of a stack, told apart by its environment: only dev has live source. */
export const configSchema = z.discriminatedUnion("environment", [
  z.strictObject({
    environment: z.literal("dev"),
    ...common,
    host: nothing,
    registry: ownRegistry,
    identity,
    gateway,
    workspaces,
    serviceImages: nothing,
    apps: z.array(devApp).default([]),
  }),
  built("tst"),
  built("pro"),
]);

export type BerthConfig = z.output<typeof configSchema>;
export type BuiltConfig = Extract<BerthConfig, { environment: "tst" | "pro" }>;

/** The top-level keys, as Pulumi.yaml must describe them. */
export const configKeys = [
  ...new Set(configSchema.options.flatMap((option) => Object.keys(option.shape))),
].sort();
