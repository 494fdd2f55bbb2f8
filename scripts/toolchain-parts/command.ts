import { spawn } from "node:child_process";

export interface CommandSettings {
  folder?: string;
  environment?: NodeJS.ProcessEnv;
  /** The command and all that it started are ended after this long. Default: no limit. */
  timeoutMs?: number;
  /** Gets standard error as it comes. */
  onStderr?: (chunk: string) => void;
  /** Standard input; nothing by default. */
  input?: Buffer | string;
}

/** Ends a process and all that it started. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Runs a command and returns its standard output. Throws an error with the last lines of its output if it cannot be started,
 * fails, or takes too long.
 */
export function run(command: string, args: string[], settings: CommandSettings = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: settings.folder,
      env: settings.environment ?? process.env,
      stdio: [settings.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      detached: true,
    });
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const timer =
      settings.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            endGroup(child.pid);
          }, settings.timeoutMs);
    // Its own group would outlive this process when the user interrupts it.
    const onExit = (): void => endGroup(child.pid);
    process.once("exit", onExit);
    const finish = (): void => {
      clearTimeout(timer);
      process.off("exit", onExit);
    };
    child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      settings.onStderr?.(chunk.toString());
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(settings.input);
    child.on("error", (error) => {
      finish();
      reject(new Error(`cannot run ${command}: ${error.message}`, { cause: error }));
    });
    child.on("close", (code, signal) => {
      finish();
      if (code === 0) return resolve(stdout);
      const end = timedOut
        ? `took longer than ${(settings.timeoutMs ?? 0) / 1000} s`
        : `failed (${code === null ? `signal ${signal}` : `exit code ${code}`})`;
      const lastLines = `${stdout}\n${stderr}`.trim().split("\n").slice(-30).join("\n");
      reject(new Error(`'${command} ${args.join(" ")}' ${end}\n${lastLines}`.trim()));
    });
  });
}

/** Lets an interrupted script end its commands too: they run in groups of their own, which a terminal's Ctrl-C does not reach. */
export function endCommandsOnSignals(): void {
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
}
