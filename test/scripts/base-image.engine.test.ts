import Docker from "dockerode";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { rootCertificates } from "node:tls";
import { ensureBaseImage } from "../../scripts/base-image-parts/base";
import { projectRoot } from "../../scripts/lib/paths";
import { runCommand } from "../support/run-command";

const docker = new Docker();
const prefix = `btest-${randomBytes(3).toString("hex")}`;
const made: string[] = [];
let folder: string;

beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-base-"))));
afterAll(async () => {
  for (const image of made) await docker.getImage(image).remove({ force: true });
  fs.rmSync(folder, { recursive: true, force: true });
});

const baseImage = (environment: NodeJS.ProcessEnv) =>
  runCommand("scripts/base-image", [], { folder: projectRoot, environment });

/** The one file in an image that holds nothing else. */
async function extraCaIn(image: string): Promise<string> {
  const container = await docker.createContainer({ name: `${prefix}-read`, Image: image, Cmd: ["none"] });
  try {
    const archive = await container.getArchive({ path: "/extra-ca.pem" });
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    const tar = Buffer.concat(chunks);
    return tar.subarray(512, 512 + parseInt(tar.subarray(124, 135).toString(), 8)).toString();
  } finally {
    await container.remove();
  }
}

test("the base image is Debian trixie with CA certificates, and is made only once", async () => {
  const name = `${prefix}:trixie`;
  made.push(name);
  expect(await ensureBaseImage(docker, name)).toMatch(
    /^(built from debian:trixie-slim|made from Debian packages)$/,
  );
  const [first] = [await docker.getImage(name).inspect()];
  expect(await ensureBaseImage(docker, name)).toBe("already there");
  expect((await docker.getImage(name).inspect()).Id).toBe(first.Id);

  const run = await runCommand("docker", [
    ...["run", "--rm", "--name", `${prefix}-base`, name],
    ...[
      "sh",
      "-c",
      ". /etc/os-release; echo $VERSION_CODENAME; test -s /etc/ssl/certs/ca-certificates.crt && echo trusts",
    ],
  ]);
  expect(run.stdout).toBe("trixie\ntrusts\n");
}, 600_000);

test("the host's extra CA bundle becomes an image named after its content, made once", async () => {
  const bundle = path.join(folder, "ca.pem");
  const content = `# ${prefix}\n${rootCertificates[0]}\n`;
  fs.writeFileSync(bundle, content);
  const first = await baseImage({ NODE_EXTRA_CA_CERTS: bundle });
  const [, name = "", way] = /^(berth-extra-ca:[0-9a-f]{12}): (made|already there)/m.exec(first.output) ?? [];
  made.push(name);
  expect([first.exitCode, way]).toEqual([0, "made"]);
  expect(await extraCaIn(name)).toBe(content);
  expect((await baseImage({ NODE_EXTRA_CA_CERTS: bundle })).output).toContain(`${name}: already there`);
});

test("without a bundle builds get an empty one", async () => {
  const { exitCode, output } = await baseImage({ NODE_EXTRA_CA_CERTS: "", SSL_CERT_FILE: "" });
  expect(output).toContain("berth-extra-ca:none: ");
  expect(exitCode).toBe(0);
  expect(await extraCaIn("berth-extra-ca:none")).toBe("");
});

test("a bundle that is missing stops here, not in the middle of a build", async () => {
  const { exitCode, output } = await baseImage({ NODE_EXTRA_CA_CERTS: path.join(folder, "gone.pem") });
  expect(output).toMatch(
    /error: extra CA bundle: the variable NODE_EXTRA_CA_CERTS .* cannot be read \(ENOENT\)/,
  );
  expect(exitCode).toBe(1);
});
