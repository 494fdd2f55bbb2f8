import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { END_SIGNALS, ENDED_BY, EXIT, Failure, type EndSignal } from "../failure";
import type { Session } from "../session";

/** What scripts/drive.ts of a checkout does. */
export type DriveRequest =
  | { action: "services"; environment: string }
  | { action: "secrets"; environment: "tst" }
  | { action: "run"; environment: "tst" | "pro"; app: string }
  | { action: "promote"; to: "tst" | "pro"; app: string; tag: string; owner?: string }
  | WorkspaceRequest;

/** A workspace in a cloud. */
export interface WorkspaceRequest {
  action: "workspace";
  verb: "create" | "list" | "start" | "stop" | "destroy";
  place: "azure" | "fly";
  /** Developer id. */
  owner: string;
  /** Of the workspace; absent for a list. */
  name?: string;
  deleteData?: boolean;
}

/**
 * Has the checkout's own code do it, by its own npm packages: the program, its state, its lock and Pulumi's SDK are of one version
 * then, whatever version this command is of, and Pulumi's SDK is no part of it. What it does meanwhile is shown.
 * @param input what a list of processes must not show.
 * @param identity whose it is, where the checkout opens the project's secrets.
 * @returns its answer.
 * @throws Failure in its own words; with a signal's exit code where one came.
 */
export async function drive(
  checkout: string,
  request: DriveRequest,
  input?: object,
  identity?: Pick<Session, "home" | "devId">,
): Promise<unknown> {
  if (!fs.existsSync(path.join(checkout, "node_modules", "tsx"))) {
    throw new Failure(`${checkout} has no npm packages yet: run \`make toolchain\` there`);
  }
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/drive.ts", JSON.stringify(request)], {
    cwd: checkout,
    env: { ...process.env, ...(identity && { BERTH_HOME: identity.home, BERTH_DEV_ID: identity.devId }) },
    stdio: ["pipe", "pipe", "pipe"],
    // A terminal's Ctrl-C reaches it once, from here, and Pulumi from there.
    detached: true,
  });
  // One that ends before it has read it says why.
  child.stdin.on("error", () => undefined).end(input === undefined ? "" : JSON.stringify(input));
  let received: EndSignal | undefined;
  const passOn = (signal: EndSignal): void => {
    received = signal;
    child.kill(signal);
  };
  for (const signal of END_SIGNALS) process.on(signal, passOn);
  try {
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    const [answer, problem, exitCode] = await Promise.all([text(child.stdout), shown(child.stderr), ended]);
    if (exitCode === 0) return JSON.parse(answer) as unknown;
    throw new Failure(
      problem ?? `${checkout}: it ended with exit code ${exitCode}, see above`,
      received === undefined ? EXIT.failed : ENDED_BY[received],
    );
  } finally {
    for (const signal of END_SIGNALS) process.off(signal, passOn);
  }
}

/** Shows what it says, but for its error, which it ends with. */
async function shown(stderr: NodeJS.ReadableStream): Promise<string | undefined> {
  let problem: string[] | undefined;
  for await (const line of createInterface({ input: stderr })) {
    if (problem !== undefined) problem.push(line);
    else if (line.startsWith("error: ")) problem = [line.slice("error: ".length)];
    else process.stderr.write(`${line}\n`);
  }
  return problem?.join("\n").trim();
}
