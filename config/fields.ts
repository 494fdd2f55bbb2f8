/** Forms of values that several settings share. */
import { isIP } from "node:net";
import { z } from "zod";

export const namePart = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must be lower-case letters, digits and inner hyphens");

export const relativePath = z
  .string()
  .min(1)
  .refine(
    (path) => !path.startsWith("/") && !path.split("/").includes(".."),
    "must be a path inside the project, without '..'",
  );

export const port = z.int().min(1).max(65535);
export const memoryMb = (least: number) => z.int().min(least).max(1_048_576);
export const address = z.string().refine((text) => isIP(text) !== 0, "must be an IPv4 or IPv6 address");
export const HOST_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
