import * as http from "node:http";
import * as https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerSettings } from "../../spec/gateway-api";
import { causeOf, Failure } from "../failure";

/** Of errors that say that the proxy is out of reach from here, which a laptop's network may well be. */
const OUT_OF_REACH = [
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "TimeoutError",
];
const PAUSE_MS = 50;
const ASK_TIMEOUT_MS = 3_000;
/** The proxy hears of a container within a second; more is a fault. */
const SERVED_WITHIN_MS = 20_000;

/** The URL of a developer's app, as the server's settings make it. */
export function urlOf({ proxyUrl, domain, developerId }: ServerSettings, app: string): string {
  const { protocol, port } = new URL(proxyUrl);
  return `${protocol}//${app}.${developerId}.${domain}${port === "" ? "" : `:${port}`}/`;
}

export interface Waiting {
  /** The app's own health: the proxy is given its time from then on. */
  isHealthy: Promise<void>;
  /** Ends the waiting. */
  signal: AbortSignal;
}

/**
 * Waits until the proxy serves the app, by its health path.
 * @returns false where the proxy cannot be reached from this machine.
 * @throws Failure where the proxy answers, but not for this app.
 */
export async function isServed(
  { proxyUrl }: ServerSettings,
  url: string,
  healthPath: string,
  { isHealthy, signal }: Waiting,
): Promise<boolean> {
  // The proxy's own address: names below *.localhost are not resolved everywhere, and none is needed to know.
  const question = { address: new URL(healthPath, proxyUrl), host: new URL(url).host, signal };
  let deadline = Infinity;
  void isHealthy.then(
    () => (deadline = Date.now() + SERVED_WITHIN_MS),
    // Told by whoever waits for it.
    () => undefined,
  );
  for (;;) {
    const answer = await ask(question);
    if (answer === undefined) return false;
    if (answer >= 200 && answer < 300) return true;
    if (Date.now() > deadline) {
      throw new Failure(
        `the app runs and is healthy, but the proxy answers ${answer} for ${url}: ask the operator to look at proxy-routes`,
      );
    }
    await sleep(PAUSE_MS, undefined, { signal });
  }
}

interface Question {
  address: URL;
  host: string;
  signal: AbortSignal;
}

/** The status; undefined where there is no way to the proxy. */
function ask({ address, host, signal }: Question): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = (address.protocol === "https:" ? https : http).request(
      address,
      { headers: { host }, timeout: ASK_TIMEOUT_MS, agent: false, signal },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    request.on("timeout", () =>
      request.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    request.on("error", (error: NodeJS.ErrnoException) => {
      if (OUT_OF_REACH.includes(error.code ?? error.name)) resolve(undefined);
      // The proxy takes new routes in by a restart of its listeners: the next question finds them.
      else if (["ECONNRESET", "EPIPE"].includes(error.code ?? "")) resolve(0);
      else reject(new Failure(`the proxy at ${address.host} cannot be asked: ${causeOf(error)}`));
    });
    request.end();
  });
}
