import * as http from "node:http";
import * as net from "node:net";

const PATIENCE_MS = 3_000;

/** Ports from which sshd was asked lately: what it logs about them says nothing about anybody else. */
export class AskedPorts {
  readonly #ports: number[] = [];

  add(port: number): void {
    this.#ports.push(port);
    if (this.#ports.length > 50) this.#ports.shift();
  }

  /** Whether a line of sshd's is about one of them. */
  isAbout(line: string): boolean {
    const port = /\b(?:127\.0\.0\.1|::1) port (\d+)/.exec(line)?.[1];
    return port !== undefined && this.#ports.includes(Number(port));
  }
}

/** Whether an SSH server answers with its greeting (RFC 4253, section 4.2). */
export function askSsh(port: number, asked: AskedPorts): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    const end = (problem?: string): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(PATIENCE_MS, () => end(`no greeting within ${PATIENCE_MS / 1000} s`));
    socket.once("connect", () => {
      if (socket.localPort !== undefined) asked.add(socket.localPort);
      socket.write("SSH-2.0-berth_health\r\n");
    });
    socket.once("data", (data) =>
      end(data.toString("latin1").startsWith("SSH-2.0-") ? undefined : "something else than SSH answers"),
    );
    socket.once("error", (error: NodeJS.ErrnoException) =>
      end(`port ${port}: ${error.code ?? error.message}`),
    );
    socket.once("close", () => resolve(`port ${port}: closed without a greeting`));
  });
}

/** Whether code-server answers; its health needs no login. */
export function askEditor(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const request = http.get(
      { host: "127.0.0.1", port, path: "/healthz", timeout: PATIENCE_MS, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? undefined : `/healthz answers ${response.statusCode}`);
      },
    );
    request.once("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    request.once("error", (error: NodeJS.ErrnoException) =>
      resolve(`port ${port}: ${error.code ?? error.message}`),
    );
  });
}
