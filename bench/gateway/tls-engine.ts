import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import Docker from "dockerode";
import { makeBridge } from "../../test/plugins/docker/support/tls-engine";
import { ensureProgram } from "../../test/plugins/docker/support/programs";
import { freePort } from "../../test/support/free-port";
import type { TestAuthority } from "../../test/services/gateway/support/certificates";

/** An engine of the measurement's own: its unix socket is behind the gateway, its TLS port is what the gateway is compared with. */
export interface TlsEngine {
  socket: string;
  /** On the loopback interface; wants client certificates of the authority. */
  port: number;
  docker: Docker;
  stop(): Promise<void>;
}

const ATTEMPTS = 150;
const PAUSE_MS = 200;

/** @throws Error with the engine's log when it does not answer. */
export async function startTlsEngine(
  authority: TestAuthority,
  server: { certFile: string; keyFile: string },
): Promise<TlsEngine> {
  const dockerd = await ensureProgram("dockerd", "docker.io");
  const bridge = await makeBridge();
  const at = (name: string): string => path.join(authority.folder, "engine", name);
  fs.mkdirSync(at(""));
  const port = await freePort();
  const child = spawn(
    dockerd,
    [
      ...["--host", `unix://${at("docker.sock")}`, "--host", `tcp://127.0.0.1:${port}`],
      ...["--data-root", at("data"), "--exec-root", at("exec"), "--pidfile", at("pid")],
      ...["--iptables=false", "--bridge", bridge.name, "--tlsverify"],
      ...["--tlscacert", path.join(authority.folder, "root.pem")],
      ...["--tlscert", server.certFile, "--tlskey", server.keyFile],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const docker = new Docker({ socketPath: at("docker.sock") });
  const stop = async (): Promise<void> => {
    const ended = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
    await bridge.remove();
    fs.rmSync(at(""), { recursive: true, maxRetries: 5, retryDelay: 500 });
  };
  for (let attempt = 0; attempt < ATTEMPTS && child.exitCode === null; attempt++) {
    if (await answers(docker)) return { socket: at("docker.sock"), port, docker, stop };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await stop();
  throw new Error(`an engine of the measurement's own does not answer:\n${log}`);
}

const answers = (docker: Docker): Promise<boolean> =>
  docker.ping().then(
    () => true,
    () => false,
  );
