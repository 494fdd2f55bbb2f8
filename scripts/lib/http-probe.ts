import * as http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks a URL of the proxy for its status. The connection goes to the proxy's own address and the URL's name travels as the
 * Host header, because Node does not resolve `*.localhost` (nodejs/node#40537); any status is an answer.
 */
export function probe(url: string, proxyUrl: string, timeoutMs = 5_000): Promise<number> {
  const target = new URL(url);
  const proxy = new URL(proxyUrl);
  return new Promise((resolve, reject) => {
    const request = http.get(
      {
        host: proxy.hostname === "localhost" ? "127.0.0.1" : proxy.hostname,
        port: proxy.port || 80,
        path: `${target.pathname}${target.search}`,
        headers: { host: target.host },
        timeout: timeoutMs,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url} within ${timeoutMs} ms`)));
    request.on("error", reject);
  });
}

/** Probes until the status is 200 or the time is over; returns the last status, or the last error's message. */
export async function probeUntilOk(
  url: string,
  proxyUrl: string,
  withinMs: number,
): Promise<number | string> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const last = await probe(url, proxyUrl).catch((error: Error) => error.message);
    if (last === 200 || Date.now() > deadline) return last;
    await sleep(250);
  }
}
