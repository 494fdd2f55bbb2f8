import type { Environment } from "../../policy/rules";
import { findApp } from "../app/find-app";
import { EXIT, Failure } from "../failure";
import { note, printFact, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { Phases } from "./phases";
import { runInDev, type Running } from "./run-in-dev";

export interface RunFlags extends SettingFlags, OutputOptions {
  env: Environment;
  reload?: boolean;
  port?: number;
  tag?: string;
  debug?: boolean;
  rebuild?: boolean;
  /** Of tst and pro: the operator's checkout. */
  checkout?: string;
}

/** `berth run` */
export async function runCommand(name: string, flags: RunFlags): Promise<void> {
  if (flags.env !== "dev") {
    const { runInStack } = await import("../operator/run-in-stack.js");
    return runInStack(flags, name, flags.env);
  }
  const phases = new Phases();
  if (flags.rebuild === true && flags.reload !== true) {
    throw new Failure(
      "--rebuild is for --reload: `berth build` builds the image that runs without it",
      EXIT.usage,
    );
  }
  const session = await phases.time("session", () => openSession(flags));
  const app = findApp(session.settings, name);
  const running = await runInDev(session, app, flags, phases);
  if (!running.reachable) {
    note(
      `berth: the proxy cannot be reached from here: \`berth forward ${name}\` brings the app to this laptop`,
    );
  }
  const fact = { ...running, milliseconds: phases.totalMs, phases: phases.milliseconds };
  printFact(flags, fact, textOf(running, phases));
}

function textOf(running: Running, phases: Phases): string {
  const { app, url, action, published } = running;
  const ports = published.map(
    ({ containerPort, address }) => `  port ${containerPort} is ${address} on the host`,
  );
  return [
    `${app} runs at ${url}`,
    `  ${action} after ${phases.totalMs} ms: ${phases.toString()}`,
    ...ports,
  ].join("\n");
}
