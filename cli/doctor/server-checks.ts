import { sharedName } from "../../spec/names";
import { networksOf } from "../engine/networks";
import { sharedServices } from "../operator/shared-services";
import { ask } from "../server/https";
import type { Check } from "./check";
import { ok } from "./finding";

/** The oldest Engine API that berth speaks: Docker 20.10. */
const OLDEST_API = [1, 41] as const;

export const server: Check = {
  name: "server",
  look: (diagnosis) =>
    diagnosis.withSession(async ({ identity, settings }) => {
      const url = settings.server.value;
      if (url === undefined)
        return {
          state: "warn",
          what: "no server is set: certificates cannot be renewed",
          fix: "berth dev init --server https://host:8443",
        };
      const { status } = await ask(new URL("/ready", url), { caPem: identity.caPem });
      if (status === 200) return ok(`${url} is ready`);
      return { state: "fail", what: `${url} answers ${status}`, fix: "ask the operator: make verify" };
    }),
};

export const gateway: Check = {
  name: "gateway",
  look: (diagnosis) =>
    diagnosis.withSession(async ({ context, server: ask }) => {
      const { role, stack } = await ask();
      return ok(`${context.endpoint} lets you in as ${role} of ${stack}`);
    }),
};

export const engineVersion: Check = {
  name: "engine",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ engine }) => {
      const { Version, ApiVersion } = await engine.version();
      const [major = 0, minor = 0] = ApiVersion.split(".").map(Number);
      const isOld = major < OLDEST_API[0] || (major === OLDEST_API[0] && minor < OLDEST_API[1]);
      const what = `Docker ${Version}, API ${ApiVersion}`;
      if (!isOld) return ok(what);
      return { state: "fail", what, fix: "the operator updates Docker to 20.10 or newer" };
    }),
};

export const network: Check = {
  name: "network",
  look: (diagnosis) =>
    diagnosis.withServer(async ({ engine }, { prefix }) => {
      const name = sharedName({ prefix, environment: "dev" }, "network");
      const networks = await networksOf(engine, name);
      if (networks === undefined) {
        return {
          state: "fail",
          what: "the engine answers, but says nothing of its networks: it has locked itself up",
          fix: "tell the operator: the runbook has what to do where `docker network ls` never ends",
        };
      }
      if (networks.some(({ Name }) => Name === name)) return ok(`${name} is there`);
      return {
        state: "fail",
        what: `the network ${name} is missing`,
        fix: "ask the operator: berth up-infra",
      };
    }),
};

export const services: Check = {
  name: "services",
  look: (diagnosis) =>
    diagnosis.withServer(async (session) => {
      const found = await sharedServices(session);
      const sick = found.filter(({ state }) => !["healthy", "running"].includes(state));
      if (sick.length === 0) return ok(found.map(({ service }) => service).join(", ") || "none is shared");
      return {
        // After a start the engine itself asks for the first time half a minute later.
        state: sick.every(({ state }) => state === "starting") ? "warn" : "fail",
        what: sick.map(({ container, state }) => `${container} is ${state}`).join(", "),
        fix: "ask the operator: berth up-infra",
      };
    }),
};
