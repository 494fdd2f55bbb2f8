/** A stand-in for the workspace's image, with a Caddy in it, and a look at what the emulation made of it on the real engine. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { request } from "node:https";
import { promisify } from "node:util";
import Dockerode from "dockerode";

const run = promisify(execFile);

/** It serves a page as its editor, keeps files on /workspace, and ends itself when it is told that nobody uses it. */
const DOCKERFILE = (caddy: string): string => `FROM ${caddy}
USER root
RUN printf '%s\\n' '#!/bin/sh' 'test -d /workspace && test -s /run/secrets/berth/editor-password' > /usr/local/bin/berth-workspace \\
 && printf '%s\\n' '#!/bin/sh' \\
    'caddy respond --listen :8080 "editor of the stand-in" &' \\
    'trap "exit 0" TERM' \\
    'while [ ! -e /tmp/idle ]; do sleep 0.2 & wait $!; done' \\
    'touch /run/berth/shared/stopped' > /usr/local/bin/stand-in \\
 && chmod 0755 /usr/local/bin/berth-workspace /usr/local/bin/stand-in
ENTRYPOINT ["/usr/local/bin/stand-in"]
`;

export class AzureLab {
  readonly docker = new Dockerode({ socketPath: "/var/run/docker.sock" });
  readonly prefix = `btest-${randomBytes(4).toString("hex")}`;
  /** Repository of the workspace's image; "pushed", since it is on the engine. */
  readonly image = `${this.prefix}-workspace`;

  /** From the proxy's image, since that one has a Caddy and is built by other tests too. */
  async buildImages(): Promise<void> {
    const { stdout: caddy } = await run("docker", [
      "build",
      "--quiet",
      "--tag",
      `${this.prefix}-caddy`,
      "images/proxy",
    ]);
    const building = run("docker", ["build", "--quiet", "--tag", this.image, "-"]);
    building.child.stdin?.end(DOCKERFILE(caddy.trim()));
    await building;
  }

  /** Running containers of the lab, by the last part of their names. */
  async running(): Promise<Record<string, Dockerode.ContainerInfo>> {
    const found = await this.docker.listContainers({ filters: { name: [`^/${this.prefix}`] } });
    return Object.fromEntries(
      found.map((container) => [container.Names[0]?.split("-").at(-1) ?? "", container]),
    );
  }

  async exec(container: string, command: string): Promise<string> {
    const found = (await this.running())[container];
    if (!found) throw new Error(`no ${container} runs`);
    const { stdout } = await run("docker", ["exec", found.Id, "sh", "-c", command]);
    return stdout.trim();
  }

  async volumes(): Promise<string[]> {
    const { Volumes: volumes } = await this.docker.listVolumes({ filters: { name: [this.prefix] } });
    return volumes.map(({ Name }) => Name).sort();
  }

  /** All that the engine tells of the lab's containers. */
  async inspected(): Promise<string> {
    const found = await this.docker.listContainers({ all: true, filters: { name: [`^/${this.prefix}`] } });
    return JSON.stringify(await Promise.all(found.map(({ Id }) => this.docker.getContainer(Id).inspect())));
  }

  async dispose(): Promise<void> {
    const found = await this.docker.listContainers({ all: true, filters: { name: [`^/${this.prefix}`] } });
    for (const { Id } of found) await this.docker.getContainer(Id).remove({ force: true, v: true });
    for (const name of await this.volumes()) await this.docker.getVolume(name).remove({ force: true });
    for (const name of [this.image, `${this.prefix}-caddy`])
      await this.docker
        .getImage(name)
        .remove({ force: true })
        .catch((error: { statusCode?: number }) => {
          if (error.statusCode !== 404) throw error as Error;
        });
  }
}

/** Asks an https server by address, as a browser would that found it under this name; nobody vouches for its certificate. */
export function getPage(
  host: string,
  address: string,
): Promise<{ status: number | undefined; body: string; issuer: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: address, port: 443, servername: host, headers: { host }, rejectUnauthorized: false, path: "/" },
      (response) => {
        let body = "";
        const certificate = (response.socket as import("node:tls").TLSSocket).getPeerCertificate();
        response.on("data", (chunk: Buffer) => (body += chunk.toString()));
        response.on("end", () =>
          resolve({ status: response.statusCode, body, issuer: String(certificate.issuer.CN) }),
        );
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}
