import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import type { IssuedCertificate } from "./support/certificates";
import { GatewayBench } from "./support/gateway-bench";

let bench: GatewayBench;
let developer: IssuedCertificate;
let container: string;
let folder: string;

beforeAll(async () => {
  bench = await GatewayBench.start();
  developer = await bench.client();
  folder = path.join(bench.authority.folder, "files");
  fs.mkdirSync(folder);
  container = await bench.bench.start("target", BASE_IMAGE, { command: ["sleep", "600"] });
});
afterAll(() => bench.dispose());

interface Result {
  exitCode: number;
  stdout: Buffer;
  stderr: string;
}

function spawnDocker(args: string[], command = "/usr/bin/docker"): ChildProcess {
  return spawn(command, args, { env: bench.environment(developer), stdio: ["pipe", "pipe", "pipe"] });
}

/** The unmodified docker command through the gateway. */
async function docker(args: string[], input: string | Buffer = ""): Promise<Result> {
  const child = spawnDocker(args);
  const out: Buffer[] = [];
  let stderr = "";
  child.stdout!.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin!.on("error", () => undefined);
  child.stdin!.end(input);
  const [exitCode] = (await once(child, "close")) as [number];
  return { exitCode, stdout: Buffer.concat(out), stderr };
}

const sha256 = (data: Buffer): string => createHash("sha256").update(data).digest("hex");

describe("the docker command through the gateway", () => {
  it("lists, and shows the engine's own answers", async () => {
    expect((await docker(["ps", "--format", "{{.Names}}"])).stdout.toString()).toContain(container);
    const { stdout } = await docker(["version", "--format", "{{.Server.APIVersion}}"]);
    expect(stdout.toString()).toMatch(/^1\.\d+/);
  });

  it("runs a container to its end, with output, errors and exit code", async () => {
    const name = `${bench.bench.prefix}-run`;
    const result = await docker([
      "run",
      "--rm",
      "--name",
      name,
      BASE_IMAGE,
      "sh",
      "-c",
      "echo out; echo err >&2; exit 7",
    ]);
    expect({ ...result, stdout: result.stdout.toString() }).toEqual({
      exitCode: 7,
      stdout: "out\n",
      stderr: "err\n",
    });
  });

  it("feeds exec -i from standard input and sees its end", async () => {
    const result = await docker(["exec", "-i", container, "wc", "-c"], "twelve bytes");
    expect(result.stdout.toString().trim()).toBe("12");
  });

  it("passes 64 MiB through exec -i and back without a changed byte", async () => {
    const data = randomBytes(64 * 1024 * 1024);
    const { stdout } = await docker(["exec", "-i", container, "cat"], data);
    expect(sha256(stdout)).toBe(sha256(data));
  });

  it("runs exec without input, which ends its side at once", async () => {
    expect((await docker(["exec", container, "echo", "hello"])).stdout.toString()).toBe("hello\n");
    expect((await docker(["exec", container, "sh", "-c", "exit 3"])).exitCode).toBe(3);
  });

  it("gives the output of exec to a client that asks for no change of protocol", async () => {
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ AttachStdout: true, Cmd: ["echo", "plain"], Tty: true });
    const made = await bench.ask(developer, `/v1.41/containers/${container}/exec`, {
      method: "POST",
      headers,
      body,
    });
    const { Id: id } = JSON.parse(made.body) as { Id: string };
    const start = { method: "POST", headers, body: '{"Detach":false,"Tty":true}' };
    expect(await bench.ask(developer, `/v1.41/exec/${id}/start`, start)).toMatchObject({
      status: 200,
      body: "plain\r\n",
    });
  });

  it("ends the input of a process whose caller was killed", async () => {
    const child = spawnDocker(["exec", "-i", container, "cat"]);
    const running = async (): Promise<boolean> =>
      / cat$/m.test((await bench.bench.docker(["top", container, "-eo", "pid,args"])).stdout);
    await bench.until(running);
    child.kill("SIGKILL");
    await bench.until(async () => !(await running()));
  });

  it("attaches a terminal that follows the caller's size", async () => {
    const line = `stty rows 41 cols 97; docker exec -it ${container} sh -c 'sleep 0.5; stty size; read x; echo got $x'`;
    const child = spawnDocker(["--quiet", "--return", "--command", line, "/dev/null"], "/usr/bin/script");
    let output = "";
    child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await bench.until(() => output.includes("41 97"));
    child.stdin!.write("typed\n");
    await once(child, "close");
    expect(output).toContain("got typed");
  });

  it("follows logs while they are written", async () => {
    const name = `${bench.bench.prefix}-logs`;
    await docker([
      "run",
      "--detach",
      "--name",
      name,
      BASE_IMAGE,
      "sh",
      "-c",
      "for n in 1 2 3; do echo line $n; sleep 0.3; done",
    ]);
    const { stdout } = await docker(["logs", "--follow", name]);
    expect(stdout.toString()).toBe("line 1\nline 2\nline 3\n");
    await docker(["rm", name]);
  });

  it("copies into a container and out again", async () => {
    const data = randomBytes(8 * 1024 * 1024);
    fs.writeFileSync(path.join(folder, "sent"), data);
    expect((await docker(["cp", path.join(folder, "sent"), `${container}:/tmp/sent`])).exitCode).toBe(0);
    expect((await docker(["cp", `${container}:/tmp/sent`, path.join(folder, "back")])).exitCode).toBe(0);
    expect(sha256(fs.readFileSync(path.join(folder, "back")))).toBe(sha256(data));
  });

  it("shows events as they happen", async () => {
    const child = spawnDocker(["events", "--filter", `container=${container}`, "--format", "{{.Action}}"]);
    let output = "";
    child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await bench.until(async () => {
      await docker(["exec", container, "true"]);
      return output.includes("exec_start");
    });
    child.kill("SIGINT");
    await once(child, "close");
    await bench.until(() =>
      bench.audited().some(({ route, event }) => route.endsWith("/events") && event === "ended"),
    );
  });

  it("builds with the classic builder", async () => {
    const tag = `${bench.bench.prefix}-built`;
    fs.mkdirSync(path.join(folder, "context"));
    fs.writeFileSync(
      path.join(folder, "context", "Dockerfile"),
      `FROM ${BASE_IMAGE}\nCOPY big /big\nLABEL btest=1\n`,
    );
    fs.writeFileSync(path.join(folder, "context", "big"), randomBytes(4 * 1024 * 1024));
    const result = await docker(["build", "--force-rm", "--tag", tag, path.join(folder, "context")]);
    expect(result.stdout.toString()).toContain(`Successfully tagged ${tag}`);
    expect((await docker(["rmi", tag])).exitCode).toBe(0);
  });
});
