import type { AppManifest } from "../../spec/app-manifest";
import { EXIT, Failure } from "../failure";

/** How an app starts with its debugger listening, and on which port of the container. */
export interface Debugging {
  command: string[];
  port: number;
}

const NODE_PORT = 9229;
const PYTHON_PORT = 5678;

/**
 * The command that starts an app for a debugger: `commands.debug`, or the other with Node's inspector, or under debugpy.
 * @param command the one that would start it otherwise.
 * @throws Failure naming the key where nobody knows how.
 */
export function debugging({ name, language, commands }: AppManifest, command: string[] = []): Debugging {
  const port = language === "typescript" ? NODE_PORT : PYTHON_PORT;
  if (commands.debug) return { command: commands.debug, port };
  const made = language === "typescript" ? forNode(command) : forPython(command);
  if (made) return { command: made, port };
  throw new Failure(
    `app '${name}': nobody knows how to start '${command.join(" ")}' for a debugger: give commands.debug in its berth.yaml, listening on 0.0.0.0:${port}`,
    EXIT.usage,
  );
}

function forNode([program = "", ...words]: string[]): string[] | undefined {
  const inspect = `--inspect=0.0.0.0:${NODE_PORT}`;
  if (/(^|\/)node$/.test(program)) return [program, inspect, ...words];
  // tsx hands options of Node on to the process that it restarts.
  if (/(^|\/)tsx$/.test(program)) {
    return words[0] === "watch"
      ? [program, "watch", inspect, ...words.slice(1)]
      : [program, inspect, ...words];
  }
  return undefined;
}

function forPython([program = "", ...words]: string[]): string[] | undefined {
  if (!/(^|\/)python3?$/.test(program)) return undefined;
  return [program, "-m", "debugpy", "--listen", `0.0.0.0:${PYTHON_PORT}`, ...words];
}
