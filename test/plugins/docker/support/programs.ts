/** Programs of the machine that these tests drive. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** @throws Error naming the program and its package where it is missing and cannot be installed. */
export async function ensureProgram(program: string, debianPackage: string): Promise<string> {
  const found = await which(program);
  if (found) return found;
  if (process.getuid?.() === 0 && (await which("apt-get"))) {
    await run("apt-get", ["install", "--yes", "--no-install-recommends", debianPackage], {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  const installed = await which(program);
  if (!installed) throw new Error(`these tests need "${program}": apt-get install ${debianPackage}`);
  return installed;
}

async function which(program: string): Promise<string | undefined> {
  try {
    return (await run("sh", ["-c", `command -v ${program}`])).stdout.trim();
  } catch {
    return undefined;
  }
}
