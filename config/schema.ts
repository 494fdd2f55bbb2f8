/**
 * Every setting of a stack: its name, form, unit, default and why. Pure: reading is in load.ts. Pulumi.yaml describes the same keys.
 */
import { z } from "zod";
import { imageProblems, liveSourceProblems } from "../policy/rules";
import { RESERVED_OWNERS } from "../spec/names";
import { subnetProblem } from "../spec/subnet";

const namePart = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be lower-case letters, digits and inner hyphens");

const relativePath = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
    "must be a path inside the project, without '..'",
  );

const port = z.int().min(1).max(65535);
const memoryMb = (least: number) => z.int().min(least).max(1_048_576);

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
    bindAddress: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1"),
    /** End of every app's host name; *.localhost is the machine itself in every browser. */
    domain: z
      .string()
      .regex(
        /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
        "must be a lower-case domain name",
      )
      .default("localhost"),
    memoryMb: memoryMb(64).default(256),
  })
  .prefault({});

/** A database service: how much memory its container may use. */
const database = (defaultMemoryMb: number) =>
  z.strictObject({ memoryMb: memoryMb(64).default(defaultMemoryMb) }).prefault({});

/** A window as long as the life renews at every `up`, which is how to force a renewal; a longer one says no more and is a mistake. */
function refuseWindowBeyondLife(
  { validityHours, earlyRenewalHours }: { validityHours: number; earlyRenewalHours: number },
  context: z.RefinementCtx,
): void {
  if (earlyRenewalHours <= validityHours) return;
  const message = "must be at most validityHours";
  context.addIssue({ code: "custom", path: ["earlyRenewalHours"], message });
}

/** Life of certificates. A CA outlives what it issues; a renewal window lets `up` replace one before it ends. */
const certificates = z
  .strictObject({
    root: z
      .strictObject({
        /** Ten years: replacing the root means that every client must trust a new one. */
        validityHours: z.int().min(24).max(175_200).default(87_600),
        earlyRenewalHours: z.int().min(0).default(8_760),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    issuing: z
      .strictObject({
        validityHours: z.int().min(24).max(87_600).default(43_800),
        earlyRenewalHours: z.int().min(0).default(4_380),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    server: z
      .strictObject({
        /** 90 days, as public CAs do. */
        validityHours: z.int().min(1).max(9_528).default(2_160),
        earlyRenewalHours: z.int().min(0).default(720),
        /** Names that the host is reached by, beside localhost and the proxy's domain. */
        dnsNames: z.array(z.string().regex(/^(\*\.)?[a-z0-9.-]+$/, "must be a DNS name")).default([]),
        /** Addresses that the host is reached by, beside 127.0.0.1 and ::1. */
        ipAddresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
      })
      .superRefine(refuseWindowBeyondLife)
      .prefault({}),
    /** Client certificates by the operator's hand: one for each request that stands here, and for no other. */
    clients: z
      .array(
        z
          .strictObject({
            developerId: namePart(16).regex(/^[^-]*$/, "must not contain a hyphen"),
            /** PKCS#10 request in PEM (RFC 2986); the key stays with the developer. */
            csrPem: z
              .string()
              .startsWith("-----BEGIN CERTIFICATE REQUEST-----", "must be a certificate request in PEM"),
            /** 30 days. */
            validityHours: z.int().min(1).max(2_160).default(720),
            earlyRenewalHours: z.int().min(0).default(0),
          })
          .superRefine(refuseWindowBeyondLife),
      )
      .default([]),
  })
  .prefault({});

const appBase = {
  /** The app's folder, with its berth.yaml, from the project's root. */
  path: relativePath,
};

const devApp = z.strictObject({
  ...appBase,
  /** Whose instance this is. */
  developerId: namePart(16)
    .regex(/^[^-]*$/, "must not contain a hyphen")
    .refine(
      (id) => !RESERVED_OWNERS.includes(id),
      `is the name of something shared: choose a developer id other than ${RESERVED_OWNERS.join(", ")}`,
    ),
  /** Start by the app's reload command, so that an edit restarts it. */
  reload: z.boolean().default(true),
  /** Folders of the app to mount live; without it those of its berth.yaml. */
  mounts: z.array(relativePath).optional(),
});

/** Live source outside dev is refused by the rule, in its words, and not as an unknown key. */
const builtApp = (environment: "tst" | "pro") =>
  z
    .strictObject({
      ...appBase,
      /** Image id or digest, built and promoted before. */
      image: z.string(),
      mounts: z.unknown().optional(),
      reload: z.unknown().optional(),
      sync: z.unknown().optional(),
    })
    .superRefine(({ image, mounts, reload, sync }, context) => {
      const live = {
        mounts: mounts === undefined ? [] : ["mounts"],
        reload: reload !== undefined,
        sync: sync !== undefined,
      };
      for (const message of liveSourceProblems(environment, live))
        context.addIssue({ code: "custom", message });
      for (const message of imageProblems(environment, image))
        context.addIssue({ code: "custom", path: ["image"], message });
    });

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
};

/** All settings of a stack, told apart by its environment: only dev has live source. */
export const configSchema = z.discriminatedUnion("environment", [
  z.strictObject({ environment: z.literal("dev"), ...common, apps: z.array(devApp).default([]) }),
  z.strictObject({ environment: z.literal("tst"), ...common, apps: z.array(builtApp("tst")).default([]) }),
  z.strictObject({ environment: z.literal("pro"), ...common, apps: z.array(builtApp("pro")).default([]) }),
]);

export type BerthConfig = z.output<typeof configSchema>;

/** The top-level keys, as Pulumi.yaml must describe them. */
export const configKeys = [
  ...new Set(configSchema.options.flatMap((option) => Object.keys(option.shape))),
].sort();
