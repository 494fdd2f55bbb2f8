import { findApp } from "../app/find-app";
import { openSession } from "../session";
import { environmentOf } from "./environment";
import { runInside } from "./run-inside";
import { runningContainer } from "./target";
import { isTerminal } from "./terminal";
import { withTstContainer, type TstFlags } from "./tst-container";

export interface ShellFlags extends TstFlags {
  env?: string;
}

const SHELL = ["/bin/sh", "-c", "command -v bash >/dev/null && exec bash; exec sh"];

/** `berth shell` */
export async function shellCommand(app: string, flags: ShellFlags): Promise<void> {
  const environment = environmentOf(flags.env, ["dev", "tst"]);
  const session = await openSession(flags);
  const terminal = isTerminal();
  const request = {
    command: SHELL,
    ...{ terminal, stdin: true },
    environment: terminal ? [`TERM=${process.env.TERM ?? "xterm"}`] : [],
  };
  if (environment === "dev") {
    const { container } = await runningContainer(session, app);
    process.exitCode = await runInside(container, request);
    return;
  }
  const local = findApp(session.settings, app);
  process.exitCode = await withTstContainer(session, local, flags, (container) =>
    runInside(container, request),
  );
}
