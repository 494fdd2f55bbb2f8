import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { ensureProgram } from "../../test/plugins/docker/support/programs";
import { freePort } from "../../test/support/free-port";
import type { TestAuthority } from "../../test/services/gateway/support/certificates";

/** Something that wants a client certificate, opens the connection to the engine, and checks nothing that goes through it. */
export interface BareRelay {
  port: number;
  stop(): Promise<void>;
}

const ATTEMPTS = 100;
const PAUSE_MS = 50;

/**
 * HAProxy between client and engine: the least that any TLS endpoint in between costs on this machine, so that what the gateway's
 * checks cost is told apart from what another pair of ends costs.
 * @throws Error with its log when it does not listen.
 */
export async function startBareRelay(
  authority: TestAuthority,
  server: { certFile: string; keyFile: string },
  engineSocket: string,
): Promise<BareRelay> {
  const haproxy = await ensureProgram("haproxy", "haproxy");
  const port = await freePort();
  const pemFile = path.join(authority.folder, "relay.pem");
  const configFile = path.join(authority.folder, "haproxy.cfg");
  const pem = [server.certFile, server.keyFile].map((file) => fs.readFileSync(file, "utf8")).join("\n");
  fs.writeFileSync(pemFile, pem, { mode: 0o600 });
  const rootFile = path.join(authority.folder, "root.pem");
  fs.writeFileSync(configFile, relayConfig({ port, pemFile, rootFile, engineSocket }));
  const child = spawn(haproxy, ["-db", "-f", configFile], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log = (log + chunk.toString()).slice(-4000)));
  const stop = async (): Promise<void> => {
    const ended = once(child, "exit");
    if (child.exitCode === null && child.kill("SIGTERM")) await ended;
  };
  for (let attempt = 0; attempt < ATTEMPTS && child.exitCode === null; attempt++) {
    if (await listens(port)) return { port, stop };
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await stop();
  throw new Error(`HAProxy does not listen:\n${log}`);
}

function relayConfig(relay: {
  port: number;
  pemFile: string;
  rootFile: string;
  engineSocket: string;
}): string {
  return `global
  maxconn 200
defaults
  mode tcp
  timeout connect 5s
  timeout client 10m
  timeout server 10m
listen engine
  bind 127.0.0.1:${relay.port} ssl crt ${relay.pemFile} ca-file ${relay.rootFile} verify required
  server engine unix@${relay.engineSocket}
`;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
