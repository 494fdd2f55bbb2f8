import { randomBytes } from "node:crypto";
import Docker from "dockerode";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import { createContainerShell } from "../../../services/provision/container-shell";
import { settle } from "../../../services/provision/settle";
import { alteredEngine } from "../../support/altered-engine";

const docker = new Docker();
const prefix = `btest-${randomBytes(3).toString("hex")}`;
const made: string[] = [];

afterAll(async () => {
  for (const name of made) await docker.getContainer(name).remove({ force: true });
});

async function start(script: string, test: string[] | undefined, more: object = {}): Promise<string> {
  const name = `${prefix}-${made.length}`;
  const container = await docker.createContainer({
    name,
    Image: BASE_IMAGE,
    Cmd: ["/bin/sh", "-c", script],
    // So seldom that the engine's own look cannot be what is seen.
    Healthcheck: test && { Test: test, Interval: 300e9, Timeout: 5e9 },
    HostConfig: { NetworkMode: "none", ...more },
  });
  made.push(name);
  await container.start();
  return name;
}

const settled = (name: string, timeoutSeconds = 20): Promise<string> =>
  settle(docker, createContainerShell(docker, name), { limit: 50, timeoutSeconds });

describe("settling a container", () => {
  it("limits its processes and ends as soon as its own health check is content", async () => {
    const name = await start("sleep 1; touch /tmp/ready; exec sleep 60", ["CMD", "test", "-e", "/tmp/ready"]);
    await expect(settled(name)).resolves.toBe(`${name} is healthy and may run 50 processes`);
    const { HostConfig, State } = await docker.getContainer(name).inspect();
    expect(HostConfig.PidsLimit).toBe(50);
    expect(State.Health?.Status).toBe("starting");
  });

  it("understands a health check that is a line for the shell", async () => {
    const name = await start("exec sleep 60", ["CMD-SHELL", "true && exit 0"]);
    await expect(settled(name)).resolves.toContain("is healthy");
  });

  it("gives up in time, with the check's last answer and the last log lines", async () => {
    const name = await start("echo no key; exec sleep 60", ["CMD-SHELL", "echo closed; exit 1"]);
    await expect(settled(name, 2)).rejects.toThrow(
      `container ${name} is not healthy after 2 s: closed.\nLast log lines:\nno key`,
    );
  });

  it("gives up at once where it ended, with its exit code and what it logged", async () => {
    const name = await start("echo bad setting >&2; exit 3", ["CMD", "true"]);
    await docker.getContainer(name).wait();
    await expect(settled(name)).rejects.toThrow(
      `container ${name} is not healthy: it ended with exit code 3.\nLast log lines:\nbad setting`,
    );
  });

  it("goes on asking one that the engine starts again", async () => {
    const again = { RestartPolicy: { Name: "unless-stopped" } };
    const name = await start("exit 4", ["CMD", "true"], again);
    // 137: the check was in the container while that ended.
    await expect(settled(name, 3)).rejects.toThrow(
      /is not healthy after 3 s: .*(exit code 4|not running|restarting|ended with 137)/,
    );
  });

  it("limits one whose process ended at the moment at which it was to be limited, and started again", async () => {
    const name = await start("exec sleep 60", ["CMD", "true"]);
    const shell = createContainerShell(docker, name);
    await settle(refusing(1), shell, { limit: 50, timeoutSeconds: 20 });
    expect((await docker.getContainer(name).inspect()).HostConfig.PidsLimit).toBe(50);
  });

  it("says why where the engine can limit nothing", async () => {
    const name = await start("exec sleep 60", ["CMD", "true"]);
    const shell = createContainerShell(docker, name);
    await expect(settle(refusing(Infinity), shell, { limit: 50, timeoutSeconds: 20 })).rejects.toThrow(
      `the processes of container ${name} cannot be limited to 50: ${REFUSAL}`,
    );
  });

  it("refuses to call a container without a health check healthy", async () => {
    await expect(settled(await start("exec sleep 60", undefined))).rejects.toThrow(
      /has no health check to wait for/,
    );
  });
});

const REFUSAL = "cannot update a deleted process: unknown";

/** The real engine, whose first answers to an update are those that it gives while a process ends. */
function refusing(times: number): Docker {
  let left = times;
  return alteredEngine((container) => {
    const update = container.update.bind(container);
    const refused = (options: object): Promise<unknown> =>
      left-- > 0 ? Promise.reject(Object.assign(new Error(REFUSAL), { statusCode: 500 })) : update(options);
    container.update = refused as typeof container.update;
  });
}
