import * as fs from "node:fs";
import { locateModule } from "./locate-module";
import { packageManagerVersion } from "./package-manager-version";
import type { RuntimeOptions } from "./runtime-options";

/** What `pulumi about` shows of a program's runtime. */
export interface About {
  executable: string;
  version: string;
  metadata: Record<string, string>;
}

/** Versions that cannot be found out are left out: they are information, not a condition. */
async function unlessUnknown(find: () => Promise<string> | string): Promise<string> {
  try {
    return await find();
  } catch {
    return "";
  }
}

/** Node, the package manager and TypeScript as the program would use them. */
export async function about(programDirectory: string, options: RuntimeOptions): Promise<About> {
  const typescriptVersion = await unlessUnknown(() => {
    const manifest = fs.readFileSync(locateModule("typescript/package.json", programDirectory), "utf8");
    return (JSON.parse(manifest) as { version: string }).version;
  });
  const packagemanagerVersion = await unlessUnknown(() => packageManagerVersion(options.packageManager));
  return {
    executable: process.execPath,
    version: process.version,
    metadata: {
      packagemanager: options.packageManager,
      packagemanagerVersion,
      ...(typescriptVersion === "" ? {} : { typescriptVersion }),
    },
  };
}
