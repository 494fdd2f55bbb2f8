import { spawn } from "node:child_process";
import { once } from "node:events";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { IssuedCertificate } from "../../test/services/gateway/support/certificates";

/** An endpoint of Docker's API that wants client certificates. */
export interface Endpoint {
  port: number;
  rootPem: string;
  certificate: IssuedCertificate;
}

const SECOND_MS = 1000;
/** As many as a busy team's clients have; without a limit each slow answer would cost a handshake. */
const MOST_CONNECTIONS = 16;

function optionsOf({ port, rootPem, certificate }: Endpoint): https.RequestOptions {
  return { host: "127.0.0.1", port, ca: rootPem, cert: certificate.chainPem, key: certificate.keyPem };
}

/**
 * Asks at a steady rate, whether answers come or not, and takes each time from when the request was due: a slow answer counts against
 * those behind it too. @returns seconds, one for each request
 */
export async function askSteadily(
  endpoint: Endpoint,
  target: string,
  rate: { perSecond: number; seconds: number },
): Promise<number[]> {
  const agent = new https.Agent({
    ...(optionsOf(endpoint) as https.AgentOptions),
    keepAlive: true,
    maxSockets: MOST_CONNECTIONS,
  });
  const startMs = performance.now();
  const pending: Promise<number>[] = [];
  for (let count = 0; count < rate.perSecond * rate.seconds; count++) {
    const dueMs = startMs + (count * SECOND_MS) / rate.perSecond;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    pending.push(ask(agent, target).then(() => (performance.now() - dueMs) / SECOND_MS));
  }
  const seconds = await Promise.all(pending);
  agent.destroy();
  return seconds;
}

function ask(agent: https.Agent, target: string): Promise<void> {
  return new Promise((resolve, reject) => {
    https
      .get({ agent, path: target }, (answer) => {
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
        answer.on("error", reject);
        answer.on("end", () =>
          answer.statusCode === 200
            ? resolve()
            : reject(new Error(`GET ${target} answered ${answer.statusCode}: ${body}`)),
        );
      })
      .on("error", reject);
  });
}

/** A request whose answer does not end. */
export interface HeldStream {
  ended: Promise<void>;
  destroy(): void;
}

/** Opens one and returns when its answer has begun. */
export async function holdStream(endpoint: Endpoint, target: string): Promise<HeldStream> {
  const asked = https.get({ ...optionsOf(endpoint), agent: false, path: target });
  const ended = new Promise<void>((resolve) =>
    asked.once("close", () => resolve()).on("error", () => resolve()),
  );
  const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream & { statusCode?: number }];
  if (answer.statusCode !== 200) throw new Error(`GET ${target} answered ${answer.statusCode}`);
  answer.on("error", () => undefined).resume();
  return { ended, destroy: () => asked.destroy() };
}

/** Runs a shell line with the docker command at the endpoint; how many seconds it took. @throws Error when it fails */
export async function dockerSeconds({ port, certificate }: Endpoint, line: string): Promise<number> {
  const environment = {
    ...{
      DOCKER_HOST: `tcp://127.0.0.1:${port}`,
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: certificate.folder,
    },
  };
  const startMs = performance.now();
  const child = spawn("bash", ["-o", "pipefail", "-c", line], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const [exitCode] = (await once(child, "close")) as [number];
  if (exitCode !== 0) throw new Error(`${line}: ${errors}`);
  return (performance.now() - startMs) / SECOND_MS;
}
