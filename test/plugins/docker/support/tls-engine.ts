/** A second real engine for one test file: listens on TCP with TLS and wants client certificates. Ended by its pid. */
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import Dockerode from "dockerode";
import { ensureProgram } from "./programs";
import { freePort } from "../../../support/free-port";
import { noteMade } from "../../../support/traces";

const run = promisify(execFile);

export interface Certificates {
  /** A folder as DOCKER_CERT_PATH names it: ca.pem, cert.pem, key.pem. */
  folder: string;
  ca: string;
  cert: string;
  key: string;
}

/** A CA of its own, a certificate for 127.0.0.1 and one for a client, made with openssl. */
export async function makeCertificates(
  folder: string,
): Promise<{ server: Certificates; client: Certificates }> {
  await run("mkdir", ["-p", join(folder, "server"), join(folder, "client")]);
  const key = (path: string) =>
    run("openssl", ["ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", path]);
  const [caKey, ca] = [join(folder, "ca-key.pem"), join(folder, "ca.pem")];
  await key(caKey);
  await run("openssl", [
    "req",
    "-x509",
    "-new",
    "-key",
    caKey,
    "-days",
    "1",
    "-subj",
    "/CN=btest CA",
    "-out",
    ca,
  ]);
  const issue = async (name: string, extensions: string): Promise<Certificates> => {
    const at = (file: string) => join(folder, name, file);
    await key(at("key.pem"));
    await run("openssl", [
      "req",
      "-new",
      "-key",
      at("key.pem"),
      "-subj",
      `/CN=btest ${name}`,
      "-out",
      at("csr.pem"),
    ]);
    await writeFile(at("extensions"), extensions);
    await run("openssl", [
      ...["x509", "-req", "-in", at("csr.pem"), "-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "1"],
      ...["-extfile", at("extensions"), "-out", at("cert.pem")],
    ]);
    await run("cp", [ca, at("ca.pem")]);
    const [caText, certText, keyText] = await Promise.all(
      ["ca.pem", "cert.pem", "key.pem"].map((file) => readFile(at(file), "utf8")),
    );
    return { folder: join(folder, name), ca: caText!, cert: certText!, key: keyText! };
  };
  return {
    server: await issue("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"),
    client: await issue("client", "extendedKeyUsage=clientAuth\n"),
  };
}

/**
 * A network bridge of the engine's own. With none ("--bridge none") it would delete the bridge docker0 at its start, and
 * with it the network of this machine's first engine.
 */
export async function makeBridge(): Promise<{ name: string; remove(): Promise<void> }> {
  const ip = await ensureProgram("ip", "iproute2");
  const name = `btest${randomBytes(4).toString("hex")}`;
  const [second, third] = randomBytes(2);
  noteMade("link", name);
  await run(ip, ["link", "add", "name", name, "type", "bridge"]);
  await run(ip, ["address", "add", `10.${192 + (second! % 64)}.${third}.1/24`, "dev", name]);
  return {
    name,
    async remove() {
      await run(ip, ["link", "delete", name]);
    },
  };
}

export interface TlsEngine {
  /** `tcp://127.0.0.1:<port>`. */
  host: string;
  client: Certificates;
  docker: Dockerode;
  stop(): Promise<void>;
}

export async function startTlsEngine(): Promise<TlsEngine> {
  const dockerd = await ensureProgram("dockerd", "docker.io");
  const bridge = await makeBridge();
  const folder = await mkdtemp(join(tmpdir(), "btest-engine-"));
  const { server, client } = await makeCertificates(folder);
  const port = await freePort();
  const host = `tcp://127.0.0.1:${port}`;
  const child = spawn(
    dockerd,
    [
      ...["--host", host, "--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
      ...["--pidfile", join(folder, "pid"), "--iptables=false", "--storage-driver", "vfs"],
      ...["--bridge", bridge.name],
      ...["--tlsverify", "--tlscacert", join(server.folder, "ca.pem")],
      ...["--tlscert", join(server.folder, "cert.pem"), "--tlskey", join(server.folder, "key.pem")],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const docker = new Dockerode({ protocol: "https", host: "127.0.0.1", port, ...client });
  const stop = async (): Promise<void> => {
    const ended = new Promise((done) => child.once("exit", done));
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    await bridge.remove();
    await rm(folder, { recursive: true, maxRetries: 5, retryDelay: 200 });
  };
  for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
    const answers = await docker.ping().then(
      () => true,
      () => false,
    );
    if (answers) return { host, client, docker, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`a second dockerd does not answer at ${host}:\n${log}`);
}
