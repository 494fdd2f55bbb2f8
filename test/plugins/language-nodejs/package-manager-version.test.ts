import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { packageManagerVersion } from "../../../plugins/language-nodejs/package-manager-version";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-manager-"));
  fs.mkdirSync(path.join(folder, "bin"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A package with a program that prints 9.9.9, linked into the folder that PATH names. */
function install(manager: string, manifest: object): NodeJS.ProcessEnv {
  const home = path.join(folder, "lib", manager);
  fs.mkdirSync(path.join(home, "bin"), { recursive: true });
  fs.writeFileSync(path.join(home, "package.json"), JSON.stringify(manifest));
  fs.writeFileSync(path.join(home, "bin/cli.js"), "#!/bin/sh\necho 9.9.9\n", { mode: 0o755 });
  fs.symlinkSync(path.join(home, "bin/cli.js"), path.join(folder, "bin", manager));
  return { PATH: `${path.join(folder, "gone")}:${path.join(folder, "bin")}:/usr/bin:/bin` };
}

test("the version is the one that the package manager's own manifest says", async () => {
  const environment = install("pnpm", { name: "pnpm", version: "1.2.3" });
  expect(await packageManagerVersion("pnpm", environment)).toBe("1.2.3");
});

test("a shim of another package is asked itself", async () => {
  const environment = install("yarn", { name: "shims", version: "1.2.3" });
  expect(await packageManagerVersion("yarn", environment)).toBe("9.9.9");
});

test("there is no version of one that is not installed", async () => {
  const environment = { PATH: path.join(folder, "bin") };
  await expect(packageManagerVersion("bun", environment)).rejects.toThrow("ENOENT");
});
