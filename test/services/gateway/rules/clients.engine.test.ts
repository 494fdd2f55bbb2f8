import * as fs from "node:fs";
import * as path from "node:path";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import type { IssuedCertificate } from "../support/certificates";
import { Installation } from "../escape/installation";

jest.setTimeout(60_000);

let installation: Installation;
let developer: IssuedCertificate;
let folder: string;

beforeAll(async () => {
  installation = await Installation.start();
  developer = await installation.client("01");
  folder = path.join(installation.bench.authority.folder, "files");
  fs.mkdirSync(folder);
});
afterAll(() => installation.dispose());

const docker = (args: string[], input: string | Buffer = ""): ReturnType<Installation["docker"]> =>
  installation.docker(developer, args, input);

interface Inspected {
  Name: string;
  Config: { Labels: Record<string, string> };
  HostConfig: Record<string, unknown>;
  Mounts: { Name: string }[];
}

async function inspect(name: string): Promise<Inspected> {
  return (JSON.parse(await installation.host(["inspect", name])) as Inspected[])[0]!;
}

describe("the docker command under the rules", () => {
  it("runs a container, which gets the caller's name, labels, limits and no rights", async () => {
    const { prefix } = installation;
    const run = await docker([
      "run",
      "-d",
      "--name",
      "web",
      "-v",
      "data:/data",
      "-p",
      "80",
      "-e",
      "A=b",
      BASE_IMAGE,
      "sleep",
      "60",
    ]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const container = await inspect(`${prefix}-dev-01-web`);
    expect(container.Config.Labels).toMatchObject({
      "berth.owner": "01",
      "berth.env": "dev",
      "berth.stack": `${prefix}-dev`,
      "berth.via": "gateway",
      "berth.role": "app",
    });
    expect(container.HostConfig).toMatchObject({
      Memory: 512 * 1024 * 1024,
      MemorySwap: 512 * 1024 * 1024,
      NanoCpus: 1e9,
      PidsLimit: 512,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Sysctls: { "net.ipv4.ip_forward": "0" },
      NetworkMode: `${prefix}-dev-network`,
      Privileged: false,
    });
    expect(container.Mounts[0]!.Name).toBe(`${prefix}-dev-01-data`);
    expect((await docker(["port", "web"])).stdout).toMatch(/127\.0\.0\.1:201\d\d/);
    expect((await docker(["volume", "ls", "-q"])).stdout.trim()).toBe("data");
    expect((await docker(["exec", "web", "sh", "-c", "echo $A; grep CapEff /proc/self/status"])).stdout).toBe(
      "b\nCapEff:\t0000000000000000\n",
    );
    expect((await docker(["ps", "--format", "{{.Names}}"])).stdout.trim()).toBe(`${prefix}-dev-01-web`);
    expect(await docker(["rm", "-f", "-v", run.stdout.trim().slice(0, 12)])).toMatchObject({ exitCode: 0 });
  });

  it("builds by the classic builder on a shared image, and runs what it built", async () => {
    fs.writeFileSync(
      path.join(folder, "Dockerfile"),
      `ARG BASE=nothing\nFROM \${BASE} AS first\nRUN echo built > /built\nFROM ${BASE_IMAGE}\nCOPY --from=first /built /built\nCOPY . /context\nCMD ["cat", "/built"]\n`,
    );
    const built = await docker(["build", "-t", "thing:1", "--build-arg", `BASE=${BASE_IMAGE}`, folder]);
    expect(built.stderr.replace(/DEPRECATED[^]*$/, "")).toBe("");
    expect(built.exitCode).toBe(0);
    expect(await docker(["run", "--rm", "thing:1"])).toMatchObject({ stdout: "built\n", exitCode: 0 });
    expect((await docker(["run", "--rm", "thing:1", "ls", "-A", "/context"])).stdout).toBe("Dockerfile\n");
    expect(
      (await docker(["build", "-t", "thing:1", "--build-arg", `BASE=${BASE_IMAGE}`, folder])).stdout,
    ).toContain("Using cache");
    expect((await docker(["images", "--format", "{{.Repository}}:{{.Tag}}"])).stdout).toContain(
      `${installation.prefix}-thing:dev-01-1`,
    );
    expect(await docker(["rmi", "thing:1"])).toMatchObject({ exitCode: 0 });
  });

  it("refuses a build that reaches for what is not the caller's, before the engine has it", async () => {
    const refused = await docker(["build", "-"], `FROM ${installation.prefix}-secret:latest\n`);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain(`No such image: ${installation.prefix}-secret:latest`);
  });

  it("brings a plain compose file up twice and down", async () => {
    const compose = "/work/compose-build/docker-compose";
    void compose;
  });
});
