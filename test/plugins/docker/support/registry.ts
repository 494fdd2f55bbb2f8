/** A real registry for one test file: Debian's docker-registry on the loopback interface, plain HTTP, ended by its pid. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { freePort } from "../../../support/free-port";
import { ensureProgram } from "./programs";

export interface Registry {
  /** `127.0.0.1:<port>`. */
  address: string;
  stop(): Promise<void>;
}

/** @param login a user name and the bcrypt hash of the password, where the registry shall want a login. */
export async function startRegistry(login?: { username: string; bcrypt: string }): Promise<Registry> {
  const program = await ensureProgram("docker-registry", "docker-registry");
  const folder = await mkdtemp(join(tmpdir(), "btest-registry-"));
  const address = `127.0.0.1:${await freePort()}`;
  const passwords = join(folder, "htpasswd");
  if (login) await writeFile(passwords, `${login.username}:${login.bcrypt}\n`);
  const config = {
    version: 0.1,
    log: { level: "error" },
    storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
    http: { addr: address },
    ...(login && { auth: { htpasswd: { realm: "btest", path: passwords } } }),
  };
  await writeFile(join(folder, "config.yml"), stringify(config));
  const child = spawn(program, ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  await untilItAnswers(address, child, () => errors);
  return {
    address,
    async stop() {
      const ended = new Promise((done) => child.once("exit", done));
      if (child.exitCode === null && child.kill("SIGTERM")) await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function untilItAnswers(address: string, child: ChildProcess, errors: () => string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://${address}/v2/`).catch(() => undefined);
    if (answer) return;
    await sleep(100);
  }
  throw new Error(`docker-registry does not answer on ${address}: ${errors()}`);
}
