import { spawn } from "node:child_process";
import * as path from "node:path";
import { projectRoot } from "./paths";

/** One static check of the whole project. */
export interface Gate {
  name: string;
  command: string;
  args: string[];
}

export const gates: Gate[] = [
  { name: "types", command: "tsc", args: ["--noEmit"] },
  { name: "lint", command: "eslint", args: [".", "--max-warnings=0"] },
  { name: "format", command: "prettier", args: ["--check", "--log-level=warn", "."] },
  { name: "unused code", command: "knip", args: [] },
  {
    name: "links in docs",
    command: "remark",
    args: ["--frail", "--quiet", "--no-stdout", "README.md", "docs"],
  },
];

export interface GateResult {
  passed: boolean;
  seconds: number;
  output: string;
}

/** Runs a gate's command from the project's own packages and collects what it prints. */
export function runGate(gate: Gate): Promise<GateResult> {
  const startedMs = Date.now();
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(projectRoot, "node_modules/.bin", gate.command), gate.args, {
      cwd: projectRoot,
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ passed: code === 0, seconds: (Date.now() - startedMs) / 1000, output }),
    );
  });
}
