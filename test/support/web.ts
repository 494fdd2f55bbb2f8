import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";

export interface Answer {
  status: number;
  body: string;
}

/** Asks the proxy on the loopback interface for a URL, naming the URL's host in the Host header as a browser would. */
export function ask(url: string, options: { method?: string; json?: unknown } = {}): Promise<Answer> {
  const { host, port, pathname, search } = new URL(url);
  const body = options.json === undefined ? undefined : JSON.stringify(options.json);
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: "127.0.0.1",
        port,
        path: `${pathname}${search}`,
        method: options.method ?? "GET",
        headers: { host, ...(body === undefined ? {} : { "content-type": "application/json" }) },
        timeout: 10_000,
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url} within 10 s`)));
    request.on("error", reject);
    request.end(body);
  });
}

/** Asks again and again until the answer is as wanted; fails with the last answer after the given time. */
export async function askUntil(
  url: string,
  wanted: (answer: Answer) => boolean,
  withinMs: number,
): Promise<Answer> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask(url).catch((error: Error): Answer => ({ status: 0, body: error.message }));
    if (wanted(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`${url} still answers ${answer.status}: ${answer.body.slice(0, 300)}`);
    await sleep(200);
  }
}

/** Sends one text message over a WebSocket through the proxy and returns the first answer that contains `expected`. */
export function webSocketAnswer(url: string, message: string, expected: string): Promise<string> {
  const { host, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${pathname}`, {
      headers: { host },
      handshakeTimeout: 10_000,
    });
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Error(`no WebSocket message with '${expected}' from ${url} within 10 s`));
    }, 10_000);
    socket.on("open", () => socket.send(message));
    socket.on("error", reject);
    socket.on("message", (data: Buffer) => {
      if (!data.toString().includes(expected)) return;
      clearTimeout(timer);
      socket.close();
      resolve(data.toString());
    });
  });
}
