import { shellWord } from "../../spec/shell-word";
import { Failure } from "../failure";
import type { Identity } from "../identity/identity";
import { IdentityStore } from "../identity/store";
import { note, printFact, type OutputOptions } from "../output";
import { readSettings, required, type SettingFlags } from "../settings";
import { dockerEndpointOf } from "./endpoint";
import { renewalWarning } from "./renewal";

/** `berth dev env` */
export function envCommand(flags: SettingFlags & OutputOptions): void {
  const settings = readSettings(flags);
  const store = new IdentityStore(settings.home.value, required(settings, "devId"));
  const identity = usable(store);
  const warning = renewalWarning(identity);
  if (warning !== undefined) note(`berth: ${warning}`);
  const endpoint = dockerEndpointOf(identity, settings.server.value).value;
  if (endpoint === undefined)
    throw new Failure("the Docker endpoint is not known: run `berth dev init --server URL`");
  const environment = dockerEnvironment(endpoint, store.link);
  printFact(flags, environment, exportsOf(environment));
}

/** What docker, Mutagen and the rest need to work through the gateway. */
export function dockerEnvironment(dockerEndpoint: string, certificates: string): Record<string, string> {
  return {
    DOCKER_HOST: dockerEndpoint,
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: certificates,
    // The gateway takes the classic build, of which it can check every part.
    DOCKER_BUILDKIT: "0",
  };
}

/** For `eval "$(…)"` by sh. */
export function exportsOf(environment: Record<string, string>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${shellWord(value)}`)
    .join("\n");
}

function usable(store: IdentityStore): Identity {
  const identity = store.current();
  if (identity && identity.problem === undefined) return identity;
  throw new Failure(
    `${store.link}: ${identity?.problem ?? "there is no identity"}. Run \`berth dev init\`, which repairs it, or onboards with a PIN`,
  );
}
