import { z } from "zod";
import { Failure } from "../failure";
import type { Connection } from "./connection";

/** What the gateway says about its host; fields that a newer one adds are passed over. */
const serverSettings = z.object({
  /** Start of every physical name. */
  prefix: z.string(),
  /** The dev stack's name, as the label berth.stack has it. */
  stack: z.string(),
  developerId: z.string(),
  role: z.enum(["developer", "ci", "operator"]),
  /** `<app>.<developer id>.<domain>`. */
  domain: z.string(),
  /** Scheme and port under which the proxy serves apps, as http://localhost:8080. */
  proxyUrl: z.string(),
  images: z.object({
    runtime: z.object({ typescript: z.string(), python: z.string() }),
    sync: z.string(),
    /** "" where there is none. */
    extraCa: z.string(),
  }),
  /** What one developer may have at the same time. */
  limits: z.looseObject({}),
  /** Shared services that it gives access to. */
  services: z.array(z.string()),
});

export type ServerSettings = z.output<typeof serverSettings>;

/** GET /berth/v1/settings. @throws Failure where the gateway is older than this command. */
export async function readServerSettings(connection: Connection): Promise<ServerSettings> {
  const result = serverSettings.safeParse(await connection.ask("GET", "/berth/v1/settings"));
  if (result.success) return result.data;
  const problem = z.prettifyError(result.error);
  throw new Failure(
    `the gateway describes its host in a form that this command does not know: ${problem}. Use the \`berth\` of the server's version`,
  );
}
