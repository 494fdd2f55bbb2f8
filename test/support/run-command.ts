import { spawn } from "node:child_process";

export interface CommandResult {
  exitCode: number;
  /** Standard output and standard error, in the order they came. */
  output: string;
  stdout: string;
}

/** Runs a command to its end and collects what it prints; a failing one is a result, not an error. */
export function runCommand(
  command: string,
  args: string[],
  settings: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: settings.folder,
      env: { ...process.env, ...settings.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      stdout += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? -1, output, stdout }));
  });
}
