import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definition } from "../../../plugins/docker/definition";
import { configure } from "../../../plugins/docker/provider-config";
import { startPlugin, type PlainProperties } from "../../support/plugin-client";
import { Lab } from "./support/lab";
import { CONTAINER, make, NETWORK, refresh, VOLUME } from "./support/steps";
import { makeCertificates, startTlsEngine, type TlsEngine } from "./support/tls-engine";

const lab = new Lab();
let engine: TlsEngine;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "btest-provider-"));
  engine = await startTlsEngine();
});
afterAll(async () => {
  await lab.dispose();
  await engine.stop();
  await rm(folder, { recursive: true });
});

const material = () => ({
  host: engine.host,
  caMaterial: engine.client.ca,
  certMaterial: engine.client.cert,
  keyMaterial: engine.client.key,
});

describe("an engine over TCP with client certificates", () => {
  test("is used with certificates from the program", async () => {
    const plugin = await startPlugin(definition, material());
    const made = await make(plugin, VOLUME, { name: lab.name("tls") });
    await expect(engine.docker.getVolume(made.id).inspect()).resolves.toMatchObject({ Name: made.id });
    await expect(lab.docker.getVolume(made.id).inspect()).rejects.toMatchObject({ statusCode: 404 });
    await plugin.delete(VOLUME, made);
    await plugin.close();
  });

  test("is used with certificates from a folder", async () => {
    const plugin = await startPlugin(definition, { host: engine.host, certPath: engine.client.folder });
    const made = await make(plugin, VOLUME, { name: lab.name("folder") });
    await plugin.delete(VOLUME, made);
    await plugin.close();
  });

  test("is used with what DOCKER_HOST and DOCKER_CERT_PATH say, where the program says nothing", async () => {
    const environment = {
      DOCKER_HOST: engine.host,
      DOCKER_CERT_PATH: engine.client.folder,
      DOCKER_TLS_VERIFY: "1",
    };
    expect(await configure({}, environment)).toMatchObject({ host: engine.host });
    // A certificate folder of the environment is no reason to refuse this machine's own socket.
    expect(await configure({ host: "unix:///var/run/docker.sock" }, environment)).toMatchObject({
      host: "unix:///var/run/docker.sock",
    });
  });

  test("builds an image with each builder", async () => {
    const plugin = await startPlugin(definition, material());
    const archive = await lab.docker.getImage(await lab.importImage("tls-base")).get();
    await engine.docker.loadImage(archive);
    for (const builderVersion of ["BuilderV1", "BuilderBuildKit"]) {
      await writeFile(
        join(folder, "Dockerfile"),
        `FROM ${lab.name("tls-base")}\nLABEL with=${builderVersion}\n`,
      );
      const made = await make(plugin, "docker:index/image:Image", {
        imageName: lab.name(`tls-${builderVersion.toLowerCase()}`),
        skipPush: true,
        build: { context: folder, builderVersion },
      });
      expect(made.state.repoDigest).toMatch(/^sha256:/);
    }
    await plugin.close();
  });

  test("leaves the network of this machine's own engine alone", async () => {
    const plugin = await startPlugin(definition);
    const image = await lab.importImage("beside");
    const made = await make(plugin, CONTAINER, { name: lab.name("beside"), image, command: ["sleep", "60"] });
    expect(made.state.networkDatas).toMatchObject([{ networkName: "bridge" }]);
    await plugin.delete(CONTAINER, made);
    await plugin.close();
  });

  test("with a client certificate of another CA is refused with what to check", async () => {
    const other = (await makeCertificates(join(folder, "other"))).client;
    await expect(
      startPlugin(definition, { ...material(), certMaterial: other.cert, keyMaterial: other.key }),
    ).rejects.toThrow(
      new RegExp(`cannot use the Docker engine at ${engine.host}.*refused the client certificate`, "s"),
    );
  });

  test("whose own certificate is of another CA is not trusted", async () => {
    const other = (await makeCertificates(join(folder, "stranger"))).client;
    await expect(startPlugin(definition, { ...material(), caMaterial: other.ca })).rejects.toThrow(
      new RegExp(`${engine.host}.*not signed by the given CA: check caMaterial`, "s"),
    );
  });

  test("met without certificates says that it wants TLS", async () => {
    await expect(startPlugin(definition, { host: engine.host })).rejects.toThrow(
      /It wants TLS: give caMaterial, certMaterial and keyMaterial, or certPath/,
    );
  });

  test("is another engine: what was made elsewhere reads as gone there, and is made again", async () => {
    const here = await startPlugin(definition);
    const made = await make(here, NETWORK, {
      name: lab.name("moved"),
      ipamConfigs: [{ subnet: lab.subnet() }],
    });
    const there = await startPlugin(definition, material());
    const change = await there.diffConfig({ host: "unix:///var/run/docker.sock" }, { host: engine.host });
    expect(change).toMatchObject({ changed: true, replaces: [] });
    expect(await refresh(there, NETWORK, made)).toBeUndefined();
    await here.delete(NETWORK, made);
    await Promise.all([here.close(), there.close()]);
  });
});

describe("a host that is no engine is told by name, with what to do", () => {
  const refused = (config: PlainProperties) => startPlugin(definition, config);

  test("a socket that is not there", async () => {
    await expect(refused({ host: "unix:///nowhere/docker.sock" })).rejects.toThrow(
      /unix:\/\/\/nowhere\/docker.sock.*no such socket: start the engine, or set docker:host/s,
    );
  });

  test("a port on which nothing listens", async () => {
    await expect(refused({ host: "tcp://127.0.0.1:1" })).rejects.toThrow(
      /tcp:\/\/127.0.0.1:1.*Nothing listens there/s,
    );
  });

  test("a name that does not resolve", async () => {
    await expect(refused({ host: "tcp://docker.invalid:2375" })).rejects.toThrow(
      /docker.invalid.*does not resolve/s,
    );
  });

  test("a server that is something else", async () => {
    const server = createServer((_request, answer) => answer.writeHead(404).end("nothing here")).listen(
      0,
      "127.0.0.1",
    );
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    await expect(refused({ host: `tcp://127.0.0.1:${port}` })).rejects.toThrow(
      /that tcp:\/\/127.0.0.1:\d+ is a Docker engine/,
    );
    await expect(refused({ ...material(), host: `tcp://127.0.0.1:${port}` })).rejects.toThrow(
      /does not speak TLS/,
    );
    await new Promise((done) => server.close(done));
  });

  test("an address that is none", async () => {
    await expect(refused({ host: "docker.example.com" })).rejects.toThrow(
      /"docker.example.com" is not an address/,
    );
  });

  test("certificates that are half given, given twice, or not there", async () => {
    await expect(refused({ host: engine.host, caMaterial: "x" })).rejects.toThrow(
      /certMaterial and keyMaterial missing/,
    );
    await expect(refused({ ...material(), certPath: folder })).rejects.toThrow(/two ways to say the same/);
    await expect(refused({ host: engine.host, certPath: "/nowhere" })).rejects.toThrow(
      /cannot read \/nowhere\/ca.pem/,
    );
  });

  test("a context that is not there", async () => {
    await expect(refused({ context: "btest-none" })).rejects.toThrow(
      /context "btest-none" cannot be read.*docker context ls/,
    );
  });
});

test("an unreachable host can be put off until it is needed", async () => {
  const plugin = await startPlugin(definition, { host: "tcp://127.0.0.1:1", disableDockerDaemonCheck: true });
  await expect(plugin.check(NETWORK, { name: "a" })).resolves.toMatchObject({ failures: [] });
  await plugin.close();
});

test("putting the check off keeps an older engine's API version", async () => {
  const plugin = await startPlugin(definition, { disableDockerDaemonCheck: true });
  const { result } = await plugin.invoke("docker:index/getNetwork:getNetwork", { name: "bridge" });
  expect(result).toMatchObject({ driver: "bridge" });
  await plugin.close();
});
