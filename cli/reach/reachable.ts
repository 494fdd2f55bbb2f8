import * as http from "node:http";
import * as https from "node:https";
import type { LookupFunction } from "node:net";

/** What the proxy answers for itself, under every name. */
const PROXY_HEALTH = "/.berth/health";
const ANSWER = "ok\n";
const TIMEOUT_MS = 2_000;

/** Whether the proxy answers at an app's URL, from this laptop and by that name: a browser here will find it too. */
export function isReachable(url: string): Promise<boolean> {
  const address = new URL(PROXY_HEALTH, url);
  return new Promise((resolve) => {
    const options = { agent: false, timeout: TIMEOUT_MS, ...lookupOf(address.hostname) };
    const request = (address.protocol === "https:" ? https : http).get(address, options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text = (text + chunk).slice(0, ANSWER.length + 1)));
      answer.on("end", () => resolve(answer.statusCode === 200 && text === ANSWER));
      answer.on("error", () => resolve(false));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

/** Browsers take every name below localhost for this machine (RFC 6761, 6.3); Node asks the resolver. */
function lookupOf(hostname: string): { lookup?: LookupFunction } {
  if (hostname !== "localhost" && !hostname.endsWith(".localhost")) return {};
  const address = { address: "127.0.0.1", family: 4 };
  return {
    lookup: (_, { all }, done) =>
      all === true ? done(null, [address]) : done(null, address.address, address.family),
  };
}
