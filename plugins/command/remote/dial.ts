import { setTimeout as sleep } from "node:timers/promises";
import type { Duplex } from "node:stream";

import { Client, type ConnectConfig } from "ssh2";

import type { Call } from "../../kit/types";
import { clientConfig } from "./client-config";
import type { Endpoint } from "./connection";

const FIRST_DELAY_MILLISECONDS = 100;
const DELAY_GROWTH = 1.5;
const LONGEST_DELAY_MILLISECONDS = 5_000;
/** After a cancellation: time for the server to end the command by a signal before the connection is cut. */
const HANG_UP_MILLISECONDS = 1_000;

/**
 * Connects to an SSH server, over a proxy if one is given, runs `work`, and disconnects. Failed attempts are repeated as
 * `dialErrorLimit` says, for a machine that was just created takes a while to answer.
 *
 * @throws Error that names the server and the last failure.
 */
export async function withConnection<Result>(
  call: Call<unknown>,
  { target, proxy }: { target: Endpoint; proxy: Endpoint | undefined },
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const config = clientConfig(target);
  if (proxy === undefined) return use(await dial(call, target, () => Promise.resolve(config)), call, work);
  const proxyConfig = clientConfig(proxy);
  const jump = await dial(call, proxy, () => Promise.resolve(proxyConfig));
  return use(jump, call, async () => {
    const client = await dial(call, target, async () => ({ ...config, sock: await forward(jump, target) }));
    return use(client, call, work);
  });
}

async function use<Result>(
  client: Client,
  { signal }: Call<unknown>,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  let later: NodeJS.Timeout | undefined;
  const leave = () => {
    later = setTimeout(() => client.destroy(), HANG_UP_MILLISECONDS);
  };
  signal.addEventListener("abort", leave, { once: true });
  try {
    return await work(client);
  } finally {
    signal.removeEventListener("abort", leave);
    clearTimeout(later);
    client.end();
  }
}

async function dial(
  call: Call<unknown>,
  endpoint: Endpoint,
  config: () => Promise<ConnectConfig>,
): Promise<Client> {
  const { host, port, user, dialErrorLimit } = endpoint;
  let delay = FIRST_DELAY_MILLISECONDS;
  for (let failures = 1; ; failures++) {
    call.signal.throwIfAborted();
    try {
      return await connect(await config(), endpoint.password, call.signal);
    } catch (error) {
      call.signal.throwIfAborted();
      if (dialErrorLimit >= 0 && failures > dialErrorLimit)
        throw new Error(
          `cannot connect to ${user}@${host}:${port} over SSH after ${failures} attempts: ${explain(error as Error)}`,
          { cause: error },
        );
      const limit = dialErrorLimit < 0 ? "no limit" : dialErrorLimit;
      call.logStatus(`Connecting to ${host} failed ${failures} times (limit: ${limit}), trying again`);
    }
    await sleep(delay, undefined, { signal: call.signal });
    delay = Math.min(delay * DELAY_GROWTH, LONGEST_DELAY_MILLISECONDS);
  }
}

function connect(config: ConnectConfig, password: string | undefined, signal: AbortSignal): Promise<Client> {
  const client = new Client();
  return new Promise<Client>((resolve, reject) => {
    const giveUp = () => {
      client.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    client.once("ready", () => {
      signal.removeEventListener("abort", giveUp);
      resolve(client);
    });
    client.on("error", (error) => {
      signal.removeEventListener("abort", giveUp);
      client.destroy();
      reject(error);
    });
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) =>
      answer(prompts.map(() => password ?? "")),
    );
    client.connect(config);
  });
}

function forward(jump: Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    jump.forwardOut("127.0.0.1", 0, host, port, (error, stream) => (error ? reject(error) : resolve(stream)));
  });
}

function explain(error: Error): string {
  if (/host denied|verification failed/i.test(error.message))
    return "the server shows another key than hostKey says: correct hostKey, or find out who answers there";
  if (/no matching host key format/i.test(error.message))
    return "the server has no key of the kind that hostKey says: correct hostKey";
  if (/authentication methods failed/i.test(error.message))
    return "the server refused the key or password: check user, privateKey, password and the agent";
  return error.message || error.name;
}
