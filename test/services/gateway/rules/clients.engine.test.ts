import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import { findCompose } from "../../../../bench/up/compose";
import { definition } from "../../../../plugins/docker/definition";
import { startPlugin } from "../../../support/plugin-client";
import { CONTAINER, make, NETWORK, refresh, VOLUME } from "../../../plugins/docker/support/steps";
import type { IssuedCertificate } from "../support/certificates";
import { Installation } from "../escape/installation";

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

  it("refuses BuildKit with the way round", async () => {
    const { exitCode, stderr } = await installation.run(developer, [
      "DOCKER_BUILDKIT=1",
      "/usr/bin/docker",
      "build",
      folder,
    ]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("set DOCKER_BUILDKIT=0");
  });

  it("shows events of the caller's own, and copies in and out", async () => {
    const since = String(Math.floor(Date.now() / 1000));
    await docker(["run", "-d", "--name", "files", BASE_IMAGE, "sleep", "60"]);
    await installation.host(["run", "--rm", "--name", `${installation.prefix}-foreign`, BASE_IMAGE, "true"]);
    fs.writeFileSync(path.join(folder, "note"), "a note");
    expect(await docker(["cp", path.join(folder, "note"), "files:/tmp/note"])).toMatchObject({ exitCode: 0 });
    expect(await docker(["exec", "files", "cat", "/tmp/note"])).toMatchObject({ stdout: "a note" });
    const { stdout } = await docker([
      "events",
      "--since",
      since,
      "--until",
      String(Math.ceil(Date.now() / 1000)),
      "--format",
      "{{.Actor.Attributes.name}}",
    ]);
    expect(stdout).toContain(`${installation.prefix}-dev-01-files`);
    expect(stdout).not.toContain("foreign");
    await docker(["rm", "-f", "files"]);
  });

  it("prunes what is the caller's, to the end of docker system prune", async () => {
    await docker(["create", "--name", "left", BASE_IMAGE, "true"]);
    const pruned = await docker(["system", "prune", "-f"]);
    expect(pruned).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await docker(["ps", "-aq", "--filter", "name=left"])).stdout).toBe("");
  });
});

/** Debian's own docker compose 2, in a container on the host's network, for machines that have none. */
async function composeInContainer(): Promise<[string, ...string[]]> {
  const place = path.join(folder, "compose-image");
  fs.mkdirSync(place);
  const install = "apt-get update -q && apt-get install -y -q --no-install-recommends docker-compose";
  fs.writeFileSync(path.join(place, "Dockerfile"), `FROM ${BASE_IMAGE}\nRUN ${install}\n`);
  const image = await installation.bench.bench.build(place);
  const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH = "" } = installation.bench.environment(developer);
  const gateway = { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH };
  return [
    // The outer command is the host's.
    ...(["env", ...Object.keys(gateway).flatMap((name) => ["-u", name])] as [string, ...string[]]),
    ...["docker", "run", "--rm", "--network", "host"],
    ...[folder, DOCKER_CERT_PATH].flatMap((shared) => ["--volume", `${shared}:${shared}`]),
    ...Object.entries({ ...gateway, DOCKER_BUILDKIT: "0" }).flatMap(([name, value]) => [
      "-e",
      `${name}=${value}`,
    ]),
    ...[image, "docker-compose"],
  ];
}

describe("docker compose under the rules", () => {
  it("brings a plain file up, changes nothing the second time, and takes all down", async () => {
    const compose = (await findCompose(process.env["COMPOSE"])) ?? (await composeInContainer());
    const file = path.join(folder, "compose.yaml");
    const services = `services:
  web: { image: "${BASE_IMAGE}", command: sleep 60, init: true, volumes: ["data:/data"], ports: ["20150:80"], depends_on: [db] }
  db: { build: ., command: sleep 60, init: true, environment: { A: b } }
volumes: { data: {} }
`;
    fs.writeFileSync(file, services);
    fs.writeFileSync(path.join(folder, "Dockerfile"), `FROM ${BASE_IMAGE}\nRUN true\n`);
    const run = (...args: string[]): ReturnType<Installation["run"]> =>
      installation.run(developer, [...compose, "-p", "proj", "-f", file, ...args]);
    expect(await run("up", "-d")).toMatchObject({ exitCode: 0 });
    const ids = (await run("ps", "-q")).stdout;
    expect(ids.trim().split("\n")).toHaveLength(2);
    expect(await run("exec", "-T", "web", "getent", "hosts", "db")).toMatchObject({ exitCode: 0 });
    expect(await run("up", "-d")).toMatchObject({ exitCode: 0 });
    expect((await run("ps", "-q")).stdout).toBe(ids);
    expect(await run("down", "-v", "-t", "0", "--rmi", "local")).toMatchObject({ exitCode: 0 });
    const left = ["container", "volume"].map((kind) =>
      docker([kind, "ls", "-q", "--filter", "label=com.docker.compose.project"]),
    );
    expect((await Promise.all(left)).map(({ stdout }) => stdout)).toEqual(["", ""]);
  });
});

describe("the Pulumi docker provider under the rules", () => {
  it("makes a network, a volume and a container, reads them as they were asked for, and takes them away", async () => {
    const plugin = await startPlugin(definition, {
      host: installation.bench.environment(developer)["DOCKER_HOST"]!,
      certPath: developer.folder,
    });
    try {
      const network = await make(plugin, NETWORK, { name: "pulumi" });
      const volume = await make(plugin, VOLUME, { name: "pulumi" });
      expect([network.state["name"], volume.state["name"]]).toEqual(["pulumi", "pulumi"]);
      const inputs = {
        ...{
          name: "pulumi",
          image: BASE_IMAGE,
          command: ["sleep", "60"],
          init: true,
          networkMode: "pulumi",
        },
        mounts: [{ type: "volume", target: "/data", source: "pulumi" }],
        envs: ["A=b"],
      };
      const container = await make(plugin, CONTAINER, inputs);
      const read = await refresh(plugin, CONTAINER, container);
      expect(read?.state).toMatchObject({
        networkMode: "pulumi",
        envs: expect.arrayContaining(["A=b"]) as string[],
      });
      await plugin.delete(CONTAINER, container);
      await plugin.delete(VOLUME, volume);
      await plugin.delete(NETWORK, network);
    } finally {
      await plugin.close();
    }
  });
});

describe("dockerode under the rules", () => {
  it.each([
    ["its options in the query and in the body", { stream: true, stdin: true, stdout: true, hijack: true }],
    ["an empty chunked body", { _query: { stream: 1, stdin: 1, stdout: 1 }, _body: {}, hijack: true }],
  ])("attaches to a container, with %s", async (_what, options) => {
    const { bench } = installation;
    const client = new Docker({
      ...{ protocol: "https", host: "127.0.0.1", port: bench.tlsOptions(developer).port, version: "v1.41" },
      ...{ ca: bench.authority.rootPem, cert: developer.chainPem, key: developer.keyPem },
    });
    const container = await client.createContainer({
      ...{ Image: BASE_IMAGE, Cmd: ["sh", "-c", "read -r line; echo heard $line"] },
      ...{ OpenStdin: true, StdinOnce: true, Tty: true },
    });
    const stream = await container.attach(options);
    let said = "";
    stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await container.start();
    stream.write("this\n");
    await installation.bench.until(() => said.includes("heard this"));
    stream.end();
    await container.remove({ force: true });
  });
});
