import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectRoot } from "../../scripts/lib/paths";
import { runCommand } from "../support/run-command";

let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "btest-bundles-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const bundles = (kind: string) =>
  runCommand("scripts/bundles", [kind], {
    folder: projectRoot,
    environment: { BERTH_DATA_ROOT: root, BERTH_TOOLCHAIN_ROOT: root },
  });
const built = (name: string): Buffer => fs.readFileSync(path.join(root, "build", "plugins", `${name}.cjs`));

test("every plugin becomes one file that needs Node and nothing else, the same at every build", async () => {
  const first = await bundles("plugins");
  expect(first.output.match(/(?<=built from plugins\/)[\w-]+/g)?.sort()).toEqual([
    "azure-native",
    "command",
    "docker",
    "language-nodejs",
    "tls",
  ]);
  const docker = built("docker");
  const alone = path.join(root, "alone.cjs");
  fs.copyFileSync(path.join(root, "build/plugins/language-nodejs.cjs"), alone);
  expect((await runCommand("node", [alone, "-version"], { folder: "/" })).stdout).toBe("v3.256.0\n");

  fs.rmSync(path.join(root, "build"), { recursive: true });
  await bundles("plugins");
  expect(built("docker").equals(docker)).toBe(true);
});

test("a bundle is built again only when its sources or itself changed", async () => {
  await bundles("plugins");
  expect((await bundles("plugins")).output).not.toContain("built from");
  fs.appendFileSync(path.join(root, "build/plugins/tls.cjs"), "// edited\n");
  const record = path.join(root, "build/records/plugins-docker.json");
  fs.writeFileSync(
    record,
    fs.readFileSync(record, "utf8").replace(/"sourcesDigest":"../, '"sourcesDigest":"zz'),
  );
  const third = await bundles("plugins");
  expect(third.output.match(/built from plugins\/\w+/g)).toEqual([
    "built from plugins/docker",
    "built from plugins/tls",
  ]);
});

test("the services' bundles lie where images and the Pulumi program look for them", async () => {
  const { exitCode } = await bundles("services");
  expect(exitCode).toBe(0);
  expect(fs.existsSync(path.join(root, "build/provision.js"))).toBe(true);
  const images = [
    "gateway/bundle/main",
    "onboarding/bundle/main",
    "onboarding/bundle/berth-admin",
    "proxy-routes/bundle/main",
    "workspace/bundle/main",
  ];
  for (const file of images) expect(fs.existsSync(path.join(projectRoot, "images", `${file}.js`))).toBe(true);
});

test("another kind is refused", async () => {
  const { exitCode, output } = await bundles("images");
  expect(exitCode).toBe(1);
  expect(output).toContain("'images' is neither 'plugins' nor 'services'");
});
