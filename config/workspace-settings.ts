import { z } from "zod";

/** What developers' workspaces run on this host (`berth workspace`). */
export const workspaces = z
  .strictObject({
    /**
     * `none`: there are no workspaces; `build`: images/workspace is built by the stack, which takes minutes the first time and some
     * gigabytes; anything else: the reference of an image that the engine has, or pulls.
     */
    image: z.string().min(1).default("none"),
  })
  .prefault({});

export type WorkspaceImageSettings = z.output<typeof workspaces>;
