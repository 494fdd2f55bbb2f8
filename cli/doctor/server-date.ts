import * as https from "node:https";
import { Failure } from "../failure";
import { connectionFailure } from "../server/https";

const TIMEOUT_MS = 10_000;

/** What time a server says it is, within a second (RFC 9110, 6.6.1). @throws Failure where it does not answer or does not say. */
export function dateOf(server: URL, caPem: string): Promise<Date> {
  const url = new URL("/health", server);
  return new Promise((resolve, reject) => {
    const options = { agent: false, ca: caPem, signal: AbortSignal.timeout(TIMEOUT_MS) };
    https
      .get(url, options, ({ headers, socket }) => {
        socket.destroy();
        const date = new Date(headers.date ?? "");
        if (Number.isNaN(date.getTime())) reject(new Failure(`${url.host} does not say what time it is`));
        else resolve(date);
      })
      .on("error", (error) => reject(connectionFailure(url, error)));
  });
}
