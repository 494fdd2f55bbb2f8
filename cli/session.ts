import type Docker from "dockerode";
import type { ServerSettings } from "../spec/gateway-api";
import { dockerEnvironment } from "./dev/env";
import { dockerEndpointOf } from "./dev/endpoint";
import { daysLeft, renewalWarning, renewIdentity, urgency } from "./dev/renewal";
import { connect, type Connection } from "./engine/connection";
import { readServerSettings } from "./engine/server-settings";
import { causeOf, EXIT, Failure } from "./failure";
import type { Identity } from "./identity/identity";
import { endOf } from "./identity/pair";
import { IdentityStore } from "./identity/store";
import { note } from "./output";
import { readSettings, required, type Settings, type SettingFlags } from "./settings";

/** What a command has in hand that works with the shared host. */
export interface Session {
  settings: Settings;
  /** Where everything of this laptop is kept, ~/.berth. */
  home: string;
  devId: string;
  identity: Identity;
  /** The Engine API through the gateway; whatever fails comes as a Failure that can be shown. */
  engine: Docker;
  /** The gateway's own API. */
  ask: Connection["ask"];
  /** What the gateway says about its host, asked once. */
  server: () => Promise<ServerSettings>;
  /** For programs that reach the engine themselves: docker, Mutagen. */
  context: DockerContext;
}

/** How docker and Mutagen reach the gateway. */
export interface DockerContext {
  /** tcp://host:port */
  endpoint: string;
  /** Folder of key, certificate and CA, whose name never changes. */
  certificates: string;
  /** DOCKER_HOST and the like. */
  environment: Record<string, string>;
}

/** How long a renewal on the way may hold up a command. */
const RENEWAL_TIMEOUT_MS = 5_000;

/**
 * Begins a command's work with the shared host: settings, and an identity that is renewed by itself when it is time. Reaches nobody
 * otherwise.
 * @throws Failure (usage) where a setting is missing; Failure (refused) where there is no identity or it has ended.
 */
export async function openSession(flags: SettingFlags): Promise<Session> {
  const settings = readSettings(flags);
  const store = new IdentityStore(settings.home.value, required(settings, "devId"));
  const identity = await renewedIfDue(store, usableIdentity(store), settings);
  const endpoint = dockerEndpointOf(identity, settings.server.value).value;
  if (endpoint === undefined)
    throw new Failure("the Docker endpoint is not known: run `berth dev init --server URL`", EXIT.usage);
  const connection = connect(endpoint, identity);
  let server: Promise<ServerSettings> | undefined;
  return {
    settings,
    home: settings.home.value,
    devId: store.developerId,
    identity,
    engine: connection.engine,
    ask: connection.ask,
    server: () => (server ??= readServerSettings(connection)),
    context: {
      endpoint,
      certificates: store.link,
      environment: dockerEnvironment(endpoint, store.link),
    },
  };
}

function usableIdentity(store: IdentityStore): Identity {
  const identity = store.current();
  if (identity && identity.problem === undefined) return identity;
  const why = identity?.problem ?? "there is no identity";
  throw new Failure(
    `${store.link}: ${why}; onboard again with a PIN: berth dev init --dev-id ${store.developerId} --pin …`,
    EXIT.refused,
  );
}

/** From the day on which the server offers it. A renewal that fails is a warning as long as the certificate lasts. */
async function renewedIfDue(store: IdentityStore, identity: Identity, settings: Settings): Promise<Identity> {
  const { value: server } = settings.server;
  const level = urgency(daysLeft(identity.certPem), identity.facts?.thresholds);
  const isDue = level === "offered" || level === "needed" || store.isBeingRenewed(identity);
  const warning = renewalWarning(identity);
  if (!isDue || server === undefined) {
    if (warning !== undefined) note(`berth: ${warning}`);
    return identity;
  }
  try {
    return await renewIdentity(store, identity, new URL(server), RENEWAL_TIMEOUT_MS);
  } catch (error) {
    const end = warning ?? `it lasts until ${endOf(identity.certPem).toISOString()}`;
    note(`berth: the certificate could not be renewed: ${causeOf(error)}\nberth: ${end}`);
    return identity;
  }
}
