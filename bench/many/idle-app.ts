import type Docker from "dockerode";
import { manifestSchema } from "../../spec/app-manifest";
import { containerSpec, type ContainerSpec } from "../../spec/container-spec";
import type { Scope } from "../../spec/names";

const PORT = 3000;
const SERVER = `require("node:http").createServer((_, answer) => answer.end("idle")).listen(${PORT})`;

/** Where idle apps live. */
export interface Home {
  docker: Docker;
  scope: Scope;
  network: string;
  /** Image with Node and the health check of apps. */
  image: string;
}

/** What runs as the idle app of this number: an app as a developer's `berth.yaml` describes it, all else by default. */
export function idleApp(scope: Scope, number: number): ContainerSpec {
  const manifest = manifestSchema.parse({
    name: `idle-${String(number).padStart(3, "0")}`,
    language: "typescript",
    port: PORT,
    commands: { start: ["node", "--eval", SERVER] },
  });
  return containerSpec({ scope, proxyEnvironment: scope.environment, manifest, developerId: "99" });
}

/** Creates and starts one by the Engine API, with the limits, rights and health check of every app container. Returns seconds. */
export async function startIdleApp({ docker, network, image }: Home, spec: ContainerSpec): Promise<number> {
  const started = process.hrtime.bigint();
  const memory = spec.memoryMb * 2 ** 20;
  const second = 1e9;
  const container = await docker.createContainer({
    name: spec.name,
    Image: image,
    Cmd: spec.command,
    Env: spec.environment,
    User: spec.user,
    Labels: Object.fromEntries(spec.labels.map(({ label, value }) => [label, value])),
    Healthcheck: {
      Test: spec.healthCommand,
      Interval: spec.healthIntervalSeconds * second,
      Timeout: 5 * second,
      StartPeriod: spec.healthStartSeconds * second,
      Retries: 3,
    },
    HostConfig: {
      NetworkMode: network,
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: spec.cpus * 1e9,
      PidsLimit: spec.pids,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Sysctls: { "net.ipv4.ip_forward": "0" },
    },
  });
  await container.start();
  return Number(process.hrtime.bigint() - started) / 1e9;
}
