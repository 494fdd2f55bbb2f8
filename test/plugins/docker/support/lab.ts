/** A corner of the real engine for one test file: everything in it has one prefix and is removed afterwards. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import Dockerode from "dockerode";
import { pack } from "tar-stream";
import { ensureProgram } from "./programs";

/** The commands that tests use inside containers, all of them links to one busybox. */
const COMMANDS = [
  "sh",
  "cat",
  "sleep",
  "echo",
  "stat",
  "nslookup",
  "httpd",
  "true",
  "false",
  "env",
  "id",
  "ls",
  "test",
];

export class Lab {
  readonly docker = new Dockerode({ socketPath: "/var/run/docker.sock" });
  readonly prefix = `btest-${randomBytes(4).toString("hex")}`;

  name(role: string): string {
    return `${this.prefix}-${role}`;
  }

  /** A subnet that no other test file is likely to have. */
  subnet(): string {
    const [second, third] = randomBytes(2);
    return `10.${128 + (second! % 64)}.${third}.0/24`;
  }

  /** Imports an image with a static busybox in it: no registry needed. */
  async importImage(role = "image", tag = "latest"): Promise<string> {
    const busybox = await readFile(await ensureProgram("busybox", "busybox-static"));
    const archive = pack();
    for (const folder of ["bin", "tmp", "etc", "run"])
      archive.entry({ name: `${folder}/`, type: "directory" });
    archive.entry({ name: "bin/busybox", mode: 0o755 }, busybox);
    for (const command of COMMANDS) {
      archive.entry({ name: `bin/${command}`, type: "symlink", linkname: "busybox" });
    }
    archive.entry({ name: "etc/passwd" }, "root:x:0:0:root:/:/bin/sh\n");
    archive.finalize();
    const repository = this.name(role);
    const stream = await this.docker.importImage(archive, {
      repo: repository,
      tag,
      changes: `LABEL btest=${this.prefix}`,
    });
    for await (const _ of stream as AsyncIterable<unknown>) void _;
    return `${repository}:${tag}`;
  }

  /** What a command prints inside a running container. */
  async exec(container: string, command: string[]): Promise<string> {
    const exec = await this.docker
      .getContainer(container)
      .exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: true });
    const stream = await exec.start({ Tty: true });
    let output = "";
    for await (const chunk of stream) output += String(chunk);
    return output.replace(/\r\n/g, "\n").trim();
  }

  async containerExists(name: string): Promise<boolean> {
    const found = await this.docker.listContainers({ all: true, filters: { name: [`^/${name}$`] } });
    return found.length > 0;
  }

  /** Removes everything of this lab. */
  async dispose(): Promise<void> {
    const containers = await this.docker.listContainers({
      all: true,
      filters: { name: [`^/${this.prefix}`] },
    });
    for (const { Id } of containers) await this.docker.getContainer(Id).remove({ force: true, v: true });
    const networks = await this.docker.listNetworks({ filters: { name: [`^${this.prefix}`] } });
    for (const { Id } of networks) await this.docker.getNetwork(Id).remove();
    const { Volumes: volumes } = await this.docker.listVolumes({ filters: { name: [this.prefix] } });
    for (const { Name } of volumes) await this.docker.getVolume(Name).remove({ force: true });
    const images = await this.docker.listImages();
    const names = images
      .flatMap(({ RepoTags: tags }) => tags ?? [])
      .filter((name) => name.includes(this.prefix));
    for (const name of names) await this.docker.getImage(name).remove({ force: true });
    // What failed builds left: without a name, but with the label of the image that they started from.
    const filters = { dangling: ["true"], label: [`btest=${this.prefix}`] };
    for (const { Id } of await this.docker.listImages({ filters }))
      await this.docker.getImage(Id).remove({ force: true });
  }
}
