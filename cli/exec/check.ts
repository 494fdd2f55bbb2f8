import type Docker from "dockerode";
import { findApp } from "../app/find-app";
import { causeOf, Failure } from "../failure";
import { note } from "../output";
import { openSession, type Session } from "../session";
import { noteDifferences } from "../sync/differences";
import { flushSync } from "../sync/flush";
import { CHECKS, type CheckName } from "./checks";
import { commandOf } from "./command-of";
import { environmentOf } from "./environment";
import { endWithReader } from "./output";
import { runInside } from "./run-inside";
import { runningContainer } from "./target";
import { withTstContainer, type TstFlags } from "./tst-container";

export interface CheckFlags extends TstFlags {
  env?: string;
}

/** What a shell ends with where a program is not there, or is none. */
const NO_PROGRAM = [126, 127];

/** `berth test`, `berth test-integration`, `berth test-e2e`, `berth lint` */
export async function checkCommand(name: CheckName, app: string, flags: CheckFlags): Promise<void> {
  const environment = environmentOf(flags.env, ["dev", "tst"]);
  const session = await openSession(flags);
  const local = findApp(session.settings, app);
  const check = CHECKS[name];
  const request = { command: commandOf(local, check), environment: colours() };
  endWithReader();
  let exitCode: number;
  if (environment === "dev") {
    const { container, facts } = await runningContainer(session, app);
    if (isLive(facts, app)) await lastEdit(session, app);
    exitCode = await runInside(container, request);
  } else {
    exitCode = await withTstContainer(session, local, flags, (container) => runInside(container, request));
  }
  if (NO_PROGRAM.includes(exitCode)) {
    const words = request.command.join(" ");
    note(
      `berth: '${words}' ended with ${exitCode}: a program that it needs is not in the container. Add it to the image, or give commands.${check.key} in berth.yaml`,
    );
  }
  process.exitCode = exitCode;
}

/** @throws Failure where the source may be old: what is tested would not be what its developer sees. */
async function lastEdit(session: Session, app: string): Promise<void> {
  try {
    noteDifferences(app, await flushSync(session, app));
  } catch (error) {
    throw new Failure(
      `the last edit of ${app} is not in its container, so that nothing is tested: ${causeOf(error)}. \`berth sync status ${app}\` says how it stands; \`berth run ${app} --reload\` goes on`,
      error instanceof Failure ? error.exitCode : undefined,
      { cause: error },
    );
  }
}

/** Whether it works on live source, of which the last edit is to be there before it is tested. */
function isLive({ Mounts }: Docker.ContainerInspectInfo, app: string): boolean {
  return Mounts.some(({ Name }) => Name?.endsWith(`${app}-source`));
}

/** The command has no terminal, so that its two outputs stay apart: what the usual runners need to colour theirs all the same. */
function colours(): string[] {
  const { isTTY, columns } = process.stdout;
  if (!isTTY || process.env.NO_COLOR) return [];
  return ["FORCE_COLOR=1", "CLICOLOR_FORCE=1", "PY_COLORS=1", `COLUMNS=${columns}`];
}
