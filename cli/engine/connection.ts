import * as https from "node:https";
import Docker from "dockerode";
import type { Pair } from "../identity/pair";
import { engineFailure } from "./failure";
import { PatientAgent } from "./patient-agent";

/** The oldest Engine API that a shared host may have (Docker 20.10). */
const API_VERSION = "v1.41";

/** A way to the gateway over mutual TLS, whose connections are used again. */
export interface Connection {
  /** The Engine API; whatever fails comes as a Failure that can be shown. */
  engine: Docker;
  /** The gateway's own API, `/berth/v1/…`: the answer's JSON. @throws Failure, in the gateway's own words where it answered. */
  ask: (method: "GET" | "POST", path: string, body?: object) => Promise<unknown>;
}

const TIMEOUT_MS = 30_000;

/** @param endpoint as DOCKER_HOST has it: tcp://host:port. */
export function connect(endpoint: string, { caPem, certPem, keyPem }: Pair): Connection {
  const { hostname, port } = new URL(endpoint);
  const agent = new PatientAgent({ keepAlive: true, ca: caPem, cert: certPem, key: keyPem });
  const options = { protocol: "https", host: hostname, port, version: API_VERSION, agent } as const;
  const engine = withoutDockerHost(() => new Docker(options));
  translateFailures(engine, endpoint);
  return {
    engine,
    ask: (method, path, body) =>
      ask({ agent, hostname, port, method, path }, body).catch((error: unknown) => {
        throw engineFailure(endpoint, error);
      }),
  };
}

/** dockerode reads the variables of whoever started us, and fails where DOCKER_CERT_PATH holds nothing. */
function withoutDockerHost<T>(make: () => T): T {
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return make();
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

type Dial = (options: object, done: (error: unknown, answer: unknown) => void) => void;

/** Every call of dockerode goes through its modem's dial. */
function translateFailures(engine: Docker, endpoint: string): void {
  const modem = engine.modem as { dial: Dial };
  const dial = modem.dial.bind(modem);
  modem.dial = (options, done) =>
    dial(options, (error, answer) => done(error ? engineFailure(endpoint, error) : null, answer));
}

function ask(options: https.RequestOptions, body?: object): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const headers = text === undefined ? {} : { "content-type": "application/json" };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = https.request({ ...options, headers, signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      answer.on("end", () => {
        const statusCode = answer.statusCode ?? 0;
        const json = parsed(Buffer.concat(chunks).toString("utf8"));
        if (statusCode >= 200 && statusCode < 300) resolve(json);
        else reject(Object.assign(new Error(`the gateway answered ${statusCode}`), { statusCode, json }));
      });
    });
    sent.on("error", reject);
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
