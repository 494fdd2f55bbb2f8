import { randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { startHijacked } from "../../../services/provision/hijacked-exec";

const name = `btest-${randomBytes(3).toString("hex")}`;
const agent = new Agent({ keepAlive: true });
const docker = new Docker({ socketPath: "/var/run/docker.sock", agent } as Docker.DockerOptions);
let container: Docker.Container;

beforeAll(async () => {
  const HostConfig = { NetworkMode: "none" };
  container = await docker.createContainer({ name, Image: BASE_IMAGE, Cmd: ["sleep", "600"], HostConfig });
  await container.start();
});
afterAll(async () => {
  await container.remove({ force: true });
  agent.destroy();
});

const cat = (): Promise<Docker.Exec> =>
  container.exec({ Cmd: ["cat"], AttachStdin: true, AttachStdout: true, AttachStderr: true });

it("gives a stream that goes both ways", async () => {
  const stream = await startHijacked(await cat());
  stream.end("there and back");
  // Before the output stand eight bytes, which say what it is and how long.
  expect((await text(stream)).slice(8)).toBe("there and back");
});

it("holds no connection where the engine refuses, so that a command can end", async () => {
  const exec = await cat();
  await container.kill();
  await expect(startHijacked(exec)).rejects.toThrow(/no such exec|not running/i);
  await sleep(100);
  expect(Object.keys(agent.sockets)).toEqual([]);
});
