import { z } from "zod";

/** What `berth workspace … --on azure|fly` asks of this checkout. */
export const workspaceRequest = z.strictObject({
  action: z.literal("workspace"),
  verb: z.enum(["create", "list", "start", "stop", "destroy"]),
  place: z.enum(["azure", "fly"]),
  /** Developer id. */
  owner: z.string().regex(/^[a-z0-9]{1,16}$/),
  name: z.string().default(""),
  deleteData: z.boolean().default(false),
});

export type WorkspaceRequest = z.output<typeof workspaceRequest>;
