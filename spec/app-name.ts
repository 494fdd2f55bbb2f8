import { z } from "zod";
import { SYNC_NAME } from "./names";

/** An app's name: part of host names, container names and its database's name. */
export const appName = z
  .string()
  .max(28)
  .regex(
    // No two hyphens in a row: each becomes two characters in the database's name, which Postgres cuts at 63.
    /^[a-z](-?[a-z0-9])*$/,
    "must be lower-case letters, digits and single inner hyphens, beginning with a letter",
  )
  // Its container would have the name of the one that holds a developer's sources.
  .refine((name) => name !== SYNC_NAME, "is the name of what synchronises sources: choose another");
