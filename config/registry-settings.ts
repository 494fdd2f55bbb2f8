import { z } from "zod";
import { address, HOST_NAME, memoryMb, port } from "./fields";

/** A registry that somebody else runs, Azure Container Registry included. Its password is berth:registryPassword. */
const externalRegistry = z
  .strictObject({
    /** Host, and port where it is not 443: the first part of image names. */
    address: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/, "must be host or host:port, without https://"),
    /** Account that may pull, and push where `make promote` runs; without it nobody logs in. */
    username: z.string().min(1).optional(),
  })
  .optional();

/** The image registry: dev runs one of its own, unless it is switched off or another is named. */
export const ownRegistry = z
  .strictObject({
    enabled: z.boolean().default(true),
    /** Port on the host. Not 5000, which macOS keeps for itself. */
    port: port.default(5443),
    /** Address on the host; loopback unless engines elsewhere pull from it. */
    bindAddress: address.default("127.0.0.1"),
    /** Name by which engines reach it: the first part of image names. */
    host: z.string().regex(HOST_NAME, "must be a lower-case host name").default("localhost"),
    memoryMb: memoryMb(64).default(256),
    external: externalRegistry,
  })
  .prefault({});
export const usedRegistry = z.strictObject({ external: externalRegistry }).prefault({});
