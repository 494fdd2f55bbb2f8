import * as http from "node:http";
import { WORKSPACE_COMMAND } from "../../../spec/workspace/in-container";
import type { WorkspaceStatus } from "../../../spec/workspace/status";
import type { CommandLine } from "../options";
import { pathsBelow } from "../paths";
import { becomeOwner } from "../settings/become-user";
import { statusLines } from "./status-lines";

const PATIENCE_MS = 8_000;
const DEFAULT_AWAKE_MINUTES = 60;
const LONGEST_AWAKE_MINUTES = 10_080;

/** What a command prints, and the code that it ends with. */
export interface CommandResult {
  text: string;
  exitCode: number;
}

/** Runs one of the commands that talk to the running workspace. @throws Error where there is none. */
export async function runCommand({
  command,
  words,
  json,
  now,
  options,
}: CommandLine): Promise<CommandResult> {
  const socket = pathsBelow(options.root).socket;
  becomeOwner(socket);
  switch (command) {
    case "status":
    case "health": {
      const status = (await call(socket, "GET", "/status")).body as WorkspaceStatus;
      if (command === "status")
        return { text: json ? JSON.stringify(status, undefined, 2) : statusLines(status), exitCode: 0 };
      const silent = status.services.filter(({ state }) => state !== "answers");
      const text = silent.map(({ name, state, problem }) => `${name} ${problem ?? state}`).join("; ");
      return { text: text || "answers", exitCode: status.healthy ? 0 : 1 };
    }
    case "keep-awake": {
      const minutes = readMinutes(words[0]);
      const { body } = await call(socket, "POST", `/keep-awake?minutes=${minutes}`);
      const until = (body as WorkspaceStatus).idleStop.keptAwakeUntil;
      return { text: until === undefined ? "may stop when idle" : `kept awake until ${until}`, exitCode: 0 };
    }
    case "stop": {
      const { code, body } = await call(socket, "POST", `/stop?now=${now}`);
      const { inFlight } = body as { inFlight: string[] };
      if (code === 202) return { text: "stopping; the volume keeps everything", exitCode: 0 };
      return { text: `not stopped: ${inFlight.join(", ")}; wait for it, or 'stop --now'`, exitCode: 1 };
    }
    case "run":
    case "git-credential":
      throw new Error(`${WORKSPACE_COMMAND}: '${command}' asks no running workspace`);
  }
}

function readMinutes(word: string | undefined): number {
  const minutes = Number(word ?? DEFAULT_AWAKE_MINUTES);
  if (Number.isInteger(minutes) && minutes >= 0 && minutes <= LONGEST_AWAKE_MINUTES) return minutes;
  throw new Error(
    `${WORKSPACE_COMMAND}: keep-awake takes whole minutes from 0 to ${LONGEST_AWAKE_MINUTES}, not '${word}'`,
  );
}

function call(socketPath: string, method: string, path: string): Promise<{ code: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, timeout: PATIENCE_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as { error?: string };
        if (body.error !== undefined) reject(new Error(`${WORKSPACE_COMMAND}: ${body.error}`));
        else resolve({ code: response.statusCode ?? 0, body });
      });
    });
    request.once("timeout", () => request.destroy(new Error("no answer in time")));
    request.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EACCES"
          ? "ask it as its own user"
          : "it is starting, or its start failed: read the container's log";
      const code = error.code ?? error.message;
      reject(
        new Error(`${WORKSPACE_COMMAND}: the workspace does not answer on ${socketPath} (${code}): ${why}`, {
          cause: error,
        }),
      );
    });
    request.end();
  });
}
