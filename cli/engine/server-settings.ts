import { z } from "zod";
import { serverSettings, SETTINGS_PATH, type ServerSettings } from "../../spec/gateway-api";
import { Failure } from "../failure";
import type { Connection } from "./connection";

/** Asks the gateway about its host. @throws Failure where it is of another version than this command. */
export async function readServerSettings(connection: Connection): Promise<ServerSettings> {
  const result = serverSettings.safeParse(await connection.ask("GET", SETTINGS_PATH));
  if (result.success) return result.data;
  const problem = z.prettifyError(result.error);
  throw new Failure(
    `the gateway describes its host in a form that this command does not know: ${problem}. Use the \`berth\` of the server's version`,
  );
}
