import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A folder with config files and apps, as far as scripts read a project. Give each file's text by its path. */
export function makeProject(files: Record<string, string>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-project-"));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

/** The least that describes an app. */
export const sampleManifest = (name: string): string => `name: ${name}\nlanguage: typescript\nport: 3000\n`;
