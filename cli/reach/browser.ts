import { spawn } from "node:child_process";
import { once } from "node:events";

/** How each system opens a URL in the user's browser. */
const OPENERS: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ["open"],
  // Its `start` is a word of the shell; the empty one is the window's title.
  win32: ["cmd", "/c", "start", ""],
};
const USUAL = ["xdg-open"];

/** Opens a URL in the user's browser. False where there is none to be found. */
export async function openInBrowser(url: string): Promise<boolean> {
  const [program = "", ...before] = OPENERS[process.platform] ?? USUAL;
  const child = spawn(program, [...before, url], { stdio: "ignore", detached: true });
  child.unref();
  try {
    await once(child, "spawn");
    return true;
  } catch {
    // A machine without a desktop: the URL is printed all the same.
    return false;
  }
}
