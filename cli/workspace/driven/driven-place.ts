import { z } from "zod";
import type { WorkspaceSpec } from "../../../spec/workspace/workspace-spec";
import { Failure } from "../../failure";
import { requiredCheckout } from "../../operator/checkout";
import { drive, type WorkspaceRequest } from "../../operator/drive";
import { openSession, type Session } from "../../session";
import { workspaceSecrets } from "../local/files";
import type { Destroyed, ListedWorkspace, Place, SshFlags, WorkspaceFact, WorkspaceFlags } from "../place";

const madeSchema = z.object({
  url: z.string(),
  ssh: z.string(),
  action: z.string(),
  reachable: z.boolean(),
  resources: z.record(z.string(), z.string()),
});
const listedSchema = z.array(
  z.object({ workspace: z.string(), state: z.string(), since: z.string(), url: z.string(), ssh: z.string() }),
);
const stoppedSchema = z.object({ ran: z.boolean() });
const destroyedSchema = z.object({ keptData: z.string().optional() });

/** Workspaces in a cloud: the checkout's own code makes them, with Pulumi and its state (docs/decisions/0015). */
export async function drivenPlace(flags: WorkspaceFlags): Promise<Place> {
  const checkout = requiredCheckout(flags);
  const session = await openSession(flags);
  const { on } = flags;
  const ask = (
    request: Omit<WorkspaceRequest, "action" | "place" | "owner">,
    input?: object,
  ): Promise<unknown> =>
    drive(checkout, { action: "workspace", place: place(on), owner: session.devId, ...request }, input);
  return {
    create: async (spec, phases) => {
      const input = { spec, secrets: await secretsOf(session, spec) };
      const made = await phases.time("update", () => ask({ verb: "create", name: spec.name }, input));
      return factOf(spec.name, on, made);
    },
    list: async (): Promise<ListedWorkspace[]> =>
      listedSchema
        .parse(await ask({ verb: "list" }))
        .map(({ workspace, state, since, url }) => ({ workspace, on, state, since, url })),
    stop: async (name) => stoppedSchema.parse(await ask({ verb: "stop", name })).ran,
    start: async (name, phases) =>
      factOf(name, on, await phases.time("update", () => ask({ verb: "start", name }))),
    destroy: async (name, { deleteData }): Promise<Destroyed> => {
      const { keptData } = destroyedSchema.parse(await ask({ verb: "destroy", name, deleteData }));
      return { workspace: name, on, keptData };
    },
  };
}

/** Where the editor of a workspace in a cloud is. @throws Failure where there is none of that name. */
export async function drivenUrl(name: string, flags: WorkspaceFlags): Promise<string> {
  return (await driven(name, flags)).url;
}

/** What ssh is given to reach a workspace in a cloud. @throws Failure where there is none of that name. */
export async function drivenSsh(name: string, flags: SshFlags): Promise<string[]> {
  const { ssh } = await driven(name, flags);
  const words = ssh.split(" ").slice(1);
  return flags.key === undefined ? words : ["-i", flags.key, ...words];
}

async function driven(name: string, flags: WorkspaceFlags): Promise<z.output<typeof listedSchema>[number]> {
  const checkout = requiredCheckout(flags);
  const { devId } = await openSession(flags);
  const request = { action: "workspace", verb: "list", place: place(flags.on), owner: devId } as const;
  const found = listedSchema
    .parse(await drive(checkout, request))
    .find(({ workspace }) => workspace === name);
  if (found) return found;
  throw new Failure(
    `you have no workspace '${name}' on ${flags.on}: berth workspace list --on ${flags.on} shows those that there are`,
  );
}

function factOf(workspace: string, on: WorkspaceFlags["on"], answer: unknown): WorkspaceFact {
  return { workspace, on, ...madeSchema.parse(answer) };
}

function place(on: WorkspaceFlags["on"]): WorkspaceRequest["place"] {
  if (on === "local") throw new Error("the shared host is no cloud");
  return on;
}

async function secretsOf(session: Session, spec: WorkspaceSpec): Promise<Record<string, string>> {
  const files = await workspaceSecrets(session, spec);
  return Object.fromEntries(
    files.map(({ path, content }) => [path.slice(path.lastIndexOf("/") + 1), content]),
  );
}
