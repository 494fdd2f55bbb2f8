// What `berth` of an operator or of CI asks of this checkout: `node --import tsx scripts/drive.ts '{"action":"run",…}'`. The answer is
// JSON on standard output; what it does meanwhile goes to standard error.
import { z } from "zod";
import { environments } from "../policy/rules";
import { workspaceRequest } from "./drive-parts/workspace-request";
import { main } from "./lib/steps";

const built = z.enum(["tst", "pro"]);

const requestSchema = z.discriminatedUnion("action", [
  /** The shared services of a stack and their health. */
  z.strictObject({ action: z.literal("services"), environment: z.enum(environments) }),
  /** The secrets in a stack's config. */
  z.strictObject({ action: z.literal("secrets"), environment: z.literal("tst") }),
  /** Brings an environment up for an app. */
  z.strictObject({ action: z.literal("run"), environment: built, app: z.string() }),
  z.strictObject({
    action: z.literal("promote"),
    to: built,
    app: z.string(),
    tag: z.string(),
    /** Whose `berth build` it is; absent for `make build`. */
    owner: z.string().optional(),
  }),
  workspaceRequest,
]);

/** Loaded by what is asked: the Automation API takes its time. */
async function answer(request: z.output<typeof requestSchema>): Promise<unknown> {
  switch (request.action) {
    case "services":
      return (await import("./drive-parts/service-states.js")).serviceStates(request.environment);
    case "secrets":
      return (await import("./drive-parts/configured-secrets.js")).configuredSecrets(request.environment);
    case "run": {
      const { environment, app } = request;
      const { runApp } = await import("./drive-parts/run-app.js");
      return runApp(environment, app, `berth run ${app} --env ${environment}`);
    }
    case "promote": {
      const { to, app, tag, owner } = request;
      const { promoteByName } = await import("./promote-parts/promote-by-name.js");
      const command = `berth promote ${app} --to ${to}`;
      return promoteByName({ to, choice: app, tag, owner, command });
    }
    case "workspace":
      return (await import("./drive-parts/workspace.js")).driveWorkspace(request);
  }
}

main(async () => {
  const request = requestSchema.parse(JSON.parse(process.argv[2] ?? ""));
  process.stdout.write(`${JSON.stringify(await answer(request))}\n`);
});
