import { z } from "zod";
import { longestLifeHours } from "../policy/rules";
import { containerDefaults, quota } from "../spec/gateway-limits";
import { subnetProblem } from "../spec/subnet";
import { address, HOST_NAME, memoryMb, namePart, port } from "./fields";

/** Who developers are, and how they get their certificates. dev runs these services for its host. */
export const identity = z
  .strictObject({
    /** Without them developers have no access at all, and nothing listens. */
    enabled: z.boolean().default(true),
    /** Name by which developers reach the host; the servers' certificate holds it. */
    host: z.string().regex(HOST_NAME, "must be a lower-case host name").default("localhost"),
    /** Address on the host for onboarding and gateway; loopback unless developers come from other machines. */
    bindAddress: address.default("127.0.0.1"),
    /** The network of these services, where no app is. */
    subnet: z
      .string()
      .superRefine((cidr, context) => {
        const problem = subnetProblem(cidr);
        if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
      })
      .default("10.88.0.0/28"),
    onboarding: z
      .strictObject({
        /** Port on the host. */
        port: port.default(8443),
        memoryMb: memoryMb(64).default(256),
        /** Life of a developer's certificate; it renews itself long before. 30 days. */
        clientValidityHours: z.int().min(24).max(longestLifeHours.client).default(720),
      })
      .prefault({}),
    /** Their own Postgres: an app that wears out the apps' one must not lock everybody out. */
    postgres: z.strictObject({ memoryMb: memoryMb(64).default(256) }).prefault({}),
  })
  .prefault({});

const portRange = z
  .strictObject({ first: port, last: port })
  .refine(({ first, last }) => first <= last, "must have first at most last");

/** What the gateway in front of the engine allows. */
export const gateway = z
  .strictObject({
    /** Port on the host: the one that Docker's clients know for TLS. */
    port: port.default(2376),
    memoryMb: memoryMb(128).default(512),
    /** 1.2 only for clients that cannot do better. */
    minimumTls: z.enum(["1.3", "1.2"]).default("1.3"),
    /** Address on the host for the ports that developers publish. */
    publishAddress: address.default("127.0.0.1"),
    /** Ports that a developer may publish, by developer id; a number as id has 100 from 20000 + 100 × id without being named here. */
    portRanges: z.record(namePart(16), portRange).default({}),
    quota,
    defaults: containerDefaults,
    /** What a container may add after all capabilities were dropped. */
    capabilities: z
      .array(z.string().regex(/^[A-Z_]+$/, "must be a capability's name without CAP_"))
      .default(["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"]),
    /** Images that everybody may use, beside those of the stack and one's own. */
    sharedImages: z.array(z.string().min(1)).default([]),
  })
  .prefault({});

export type IdentitySettings = z.output<typeof identity>;
export type GatewaySettings = z.output<typeof gateway>;
