import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import * as net from "node:net";
import { definition } from "../../../plugins/docker/definition";
import { connect } from "../../../plugins/docker/engine/client";
import { pullImage } from "../../../plugins/docker/engine/pull";
import { RegistryCredentials } from "../../../plugins/docker/engine/registry-auth";
import { startPlugin, type PluginClient } from "../../support/plugin-client";
import {
  dockerConfigFolder,
  issueCertificate,
  REGISTRY_FOLDER,
  REGISTRY_PASSWORD,
  startRegistry,
} from "../../support/tls-registry";
import { Workbench } from "../../support/workbench";
import { Lab } from "./support/lab";
import { make, REMOTE_IMAGE } from "./support/steps";

const lab = new Lab();
const bench = new Workbench();
let container: string;
let address: string;
let plugin: PluginClient;

beforeAll(async () => {
  const image = await bench.build("images/registry");
  ({ container, address } = await startRegistry(bench, image, issueCertificate()));
  const login = { address, username: "berth", password: REGISTRY_PASSWORD };
  plugin = await startPlugin(definition, { registryAuth: [login] });
});
afterAll(async () => {
  await plugin.close();
  await lab.dispose();
  await bench.dispose();
});

interface Pushed {
  /** With its digest. */
  name: string;
  digest: string;
  layer: string;
  config: string;
}

/** An image that is in the registry only. */
async function pushed(role: string): Promise<Pushed> {
  const local = await lab.importImage(role);
  const tagged = `${address}/btest/${role}`;
  const login = dockerConfigFolder(address);
  await bench.docker(["tag", local, tagged]);
  const { stdout } = await bench.docker(["--config", login, "push", tagged]);
  await bench.docker(["rmi", tagged, local]);
  fs.rmSync(login, { recursive: true });
  const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1] ?? "";
  const manifest = JSON.parse((await bench.exec(container, ["cat", blob(digest)])).stdout) as {
    layers: { digest: string }[];
    config: { digest: string };
  };
  return {
    name: `${tagged}@${digest}`,
    digest,
    layer: manifest.layers[0]?.digest ?? "",
    config: manifest.config.digest,
  };
}

/** Where the registry keeps the bytes of a digest. */
const blob = (digest: string): string =>
  `${REGISTRY_FOLDER}/docker/registry/v2/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`;

async function pullError(name: string): Promise<string> {
  const error: unknown = await make(plugin, REMOTE_IMAGE, { name, keepLocally: true }).catch(
    (refusal: unknown) => refusal,
  );
  return error instanceof Error ? error.message : "it was pulled";
}

describe("an image that was tampered with in the registry", () => {
  it.each([
    ["manifest", (image: Pushed) => `sed -i 's/"size": /"size":  /' ${blob(image.digest)}`],
    ["layer", ({ layer }: Pushed) => `printf X | dd of=${blob(layer)} bs=1 seek=2000 conv=notrunc`],
    ["cut-layer", ({ layer }: Pushed) => `truncate -s 3000 ${blob(layer)}`],
    ["config", ({ config }: Pushed) => `printf X | dd of=${blob(config)} bs=1 seek=20 conv=notrunc`],
  ])("is not pulled by its digest when the change is in the %s", async (role, change) => {
    const image = await pushed(role);
    expect((await bench.exec(container, ["sh", "-c", change(image)])).exitCode).toBe(0);
    const error = await pullError(image.name);
    expect(error).toContain(`image "${image.name}"`);
    expect(error).toMatch(/verification failed for digest sha256:.*altered or damaged there/s);
    await expect(lab.docker.getImage(image.name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it("is not pulled when a layer is gone", async () => {
    const image = await pushed("gone");
    await bench.exec(container, ["rm", blob(image.layer)]);
    const error = await pullError(image.name);
    expect(error).toContain(`image "${image.name}"`);
    expect(error).toContain(`${address} does not have it`);
  });
});

describe("an image whose registry is wrong", () => {
  const nowhere = `btest/none@sha256:${"0".repeat(64)}`;

  it("names a registry that nobody listens at", async () => {
    const error = await pullError(`127.0.0.1:1/${nowhere}`);
    expect(error).toContain(`image "127.0.0.1:1/${nowhere}"`);
    expect(error).toContain("connection refused. 127.0.0.1:1 does not answer the engine");
  });

  it("names a host that does not exist", async () => {
    expect(await pullError(`registry.invalid:5443/${nowhere}`)).toContain(
      "no such host. registry.invalid:5443 does not answer the engine",
    );
  });

  it("gives up on one that takes the connection and says nothing", async () => {
    const silent = net.createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const at = `127.0.0.1:${(silent.address() as net.AddressInfo).port}`;
    const startedMs = Date.now();
    expect(await pullError(`${at}/${nowhere}`)).toContain(`${at} does not answer the engine`);
    expect(Date.now() - startedMs).toBeLessThan(60_000);
    silent.close();
  });

  it("gives up on one that stops in the middle of an answer", async () => {
    const stuck = http.createServer((request, response) => {
      if (request.url === "/v2/") response.end("{}");
    });
    stuck.listen(0, "127.0.0.1");
    await once(stuck, "listening");
    const at = `127.0.0.1:${(stuck.address() as net.AddressInfo).port}`;
    const engine = await connect({
      host: "unix:///var/run/docker.sock",
      skipCheck: false,
      credentials: new RegistryCredentials(),
    });
    await expect(pullImage(engine, `${at}/${nowhere}`, { silenceMs: 1_000 })).rejects.toThrow(
      `no progress for 1 s. ${at} does not answer the engine`,
    );
    stuck.closeAllConnections();
    stuck.close();
  });

  it("says what to do without a login, and about an image that is not there", async () => {
    const anonymous = await startPlugin(definition);
    const { name } = await pushed("private");
    await expect(make(anonymous, REMOTE_IMAGE, { name })).rejects.toThrow(/wants a login for it/);
    await anonymous.close();
    expect(await pullError(`${address}/${nowhere}`)).toContain(`${address} does not have it`);
  });
});
