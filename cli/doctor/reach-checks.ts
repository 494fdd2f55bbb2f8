import { lookup } from "node:dns/promises";
import { findOnPath } from "../../scripts/toolchain-parts/files";
import { isReachable } from "../reach/reachable";
import type { Check } from "./check";
import { ok } from "./finding";

const TUNNEL = "berth open <app> and berth forward <app> need no name and no port of the proxy";

export const names: Check = {
  name: "names",
  look: (diagnosis) =>
    diagnosis.withServer(async (_, { domain, developerId }) => {
      const host = `app.${developerId}.${domain}`;
      const address = await lookup(host).then(
        (found) => found.address,
        () => undefined,
      );
      if (address !== undefined) return ok(`${host} is ${address}`);
      if (domain === "localhost") {
        return {
          state: "warn",
          what: `this system does not resolve ${host}; browsers do by themselves`,
          fix: `for other programs: ${TUNNEL}`,
        };
      }
      return {
        state: "warn",
        what: `${host} has no address`,
        fix: `the operator makes a wildcard name *.${domain}; until then: ${TUNNEL}`,
      };
    }),
};

export const ports: Check = {
  name: "ports",
  look: (diagnosis) =>
    diagnosis.withServer(async (_, { domain, developerId, proxyUrl, ports: range }) => {
      const { protocol, port } = new URL(proxyUrl);
      const url = `${protocol}//app.${developerId}.${domain}${port === "" ? "" : `:${port}`}/`;
      const own =
        range === null ? "you publish none" : `yours are ${range.first} to ${range.last} of ${range.address}`;
      if (await isReachable(url)) return ok(`the proxy answers at port ${port || "80"}; ${own}`);
      return { state: "warn", what: `the proxy does not answer at ${url} from here; ${own}`, fix: TUNNEL };
    }),
};

export const dockerCommand: Check = {
  name: "docker command",
  look() {
    const name = process.platform === "win32" ? "docker.exe" : "docker";
    const found = findOnPath(name, process.env);
    if (found !== undefined) return ok(found);
    return {
      state: "fail",
      what: "there is no docker command on PATH, which Mutagen reaches the engine by",
      fix: "install Docker's command line (Debian: apt install docker.io; no engine has to run here)",
    };
  },
};
