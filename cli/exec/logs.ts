import { Readable } from "node:stream";
import type Docker from "dockerode";
import { engineFailure } from "../engine/failure";
import { EXIT, Failure } from "../failure";
import { note } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { demultiplex } from "./demultiplex";
import { environmentOf } from "./environment";
import { endWithReader } from "./output";
import { sinceSeconds } from "./since";
import { appContainer } from "./target";

export interface LogsFlags extends SettingFlags {
  env?: string;
  follow?: boolean;
  since?: string;
  tail?: string;
  timestamps?: boolean;
}

/** `berth logs` */
export async function logsCommand(app: string, flags: LogsFlags): Promise<void> {
  const environment = environmentOf(flags.env, ["dev", "tst", "pro"]);
  const options = optionsOf(flags);
  const session = await openSession(flags);
  const { container } = await appContainer(session, app, environment);
  endWithReader();
  if (flags.follow !== true) {
    const log = await container.logs({ ...options, follow: false });
    return demultiplex(Readable.from([log]), process.stdout, process.stderr);
  }
  const stream = (await container.logs({ ...options, follow: true })) as Readable;
  try {
    await demultiplex(stream, process.stdout, process.stderr);
  } catch (error) {
    throw engineFailure(session.context.endpoint, error);
  }
  const { State: state } = await container.inspect();
  note(`berth: ${app} has stopped (exit code ${state.ExitCode})`);
}

function optionsOf({ since, tail, timestamps }: LogsFlags): Docker.ContainerLogsOptions {
  if (tail !== undefined && !/^\d{1,9}$/.test(tail))
    throw new Failure(`--tail '${tail}' is no number of lines`, EXIT.usage);
  return {
    ...{ stdout: true, stderr: true, timestamps: timestamps === true },
    ...(since !== undefined && { since: sinceSeconds(since) }),
    ...(tail !== undefined && { tail: Number(tail) }),
  };
}
