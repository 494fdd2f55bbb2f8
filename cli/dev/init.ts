import type { X509Certificate } from "node:crypto";
import { causeOf, EXIT, Failure } from "../failure";
import { endOf, fingerprintOf, serialOf } from "../identity/pair";
import type { Identity } from "../identity/identity";
import { IdentityStore } from "../identity/store";
import { note, printFact, type OutputOptions } from "../output";
import { installMutagen } from "../mutagen/install";
import { NotLetIn, testEndpoint, type Engine } from "../server/docker-endpoint";
import { serverFacts } from "../server/answer";
import { issue, Refused } from "../server/onboarding";
import { readConfigFile, readSettings, required, writeConfigFile, type SettingFlags } from "../settings";
import { dockerEndpointOf } from "./endpoint";
import { readPin } from "./pin";
import { renewalWarning, renewIdentity } from "./renewal";
import { trustedRoot, type TrustOptions } from "./trust";

export interface InitFlags extends SettingFlags, OutputOptions, TrustOptions {
  pin?: string;
}

/** What the steps work with. */
interface Work {
  store: IdentityStore;
  server: URL;
  pin: string | undefined;
  /** Asked at most once, and only where it is needed. */
  root: () => Promise<X509Certificate>;
  /** Whether config.yaml names another server: then its identity may be another installation's. */
  isNewServer: boolean;
}

/** `berth dev init`: what is missing is made, what is there and good stays. */
export async function initCommand(flags: InitFlags): Promise<void> {
  const settings = readSettings(flags);
  const store = new IdentityStore(settings.home.value, required(settings, "devId"));
  const server = new URL(required(settings, "server"));
  const file = readConfigFile(settings.home.value);
  const isNewServer = file.server !== undefined && file.server !== server.origin;
  const pin = await readPin(flags.pin);
  let asked: Promise<X509Certificate> | undefined;
  const root = (): Promise<X509Certificate> =>
    (asked ??= trustedRoot(server, flags, isNewServer ? undefined : file.caFingerprint));
  const work: Work = { store, server, pin, root, isNewServer };
  const confirms = flags.caFingerprint !== undefined || flags.caFile !== undefined;
  const report = async (identity: Identity, what: "made" | "kept"): Promise<void> => {
    const engine = await engineOf(work, identity, settings.home.value);
    finish(flags, work, identity, what, { engine, mutagen: await mutagenIn(settings.home.value) });
  };
  try {
    const kept = await presentIdentity(work, confirms);
    if (kept) return await report(kept, "kept");
  } catch (error) {
    // Revoked, locked or unknown to the server: that is what a new PIN is for.
    const isRefused = error instanceof Failure && error.exitCode === EXIT.refused;
    if (!isRefused || pin === undefined) throw error;
    note(`${error.message}\ntrading the PIN for a new certificate`);
  }
  await report(await trade(work), "made");
}

/** The identity that is there and can be used, after what can be mended without a PIN is mended. */
async function presentIdentity(
  { store, server, root, isNewServer }: Work,
  confirms: boolean,
): Promise<Identity | undefined> {
  let identity = store.current();
  if (identity && identity.caPem === "") identity = store.restoreCa(identity, (await root()).toString());
  if (identity?.problem !== undefined) {
    note(`${store.link}: ${identity.problem}`);
    identity = undefined;
  }
  const isFound = identity !== undefined;
  identity ??= store.newestUsable();
  if (!identity) return undefined;
  if (confirms || isNewServer || !isFound) {
    // Of another installation: it is kept beside the new one, and not used here.
    if (fingerprintOf(identity.caPem) !== (await root()).fingerprint256) return undefined;
  }
  if (!isFound) {
    note(`${store.link} is restored from ${identity.folder}`);
    store.use(identity);
  }
  return store.isBeingRenewed(identity) ? renewIdentity(store, identity, server) : identity;
}

async function trade({ store, server, pin, root }: Work): Promise<Identity> {
  if (pin === undefined) {
    throw new Failure(
      `developer ${store.developerId} has no usable identity in ${store.link}: give --pin with a one-time PIN from the operator`,
      EXIT.usage,
    );
  }
  const caPem = (await root()).toString();
  store.prepare();
  const attempt = async (fresh: boolean): Promise<Identity> => {
    const { keyPem, csrPem } = store.keyForPin(fresh);
    const answer = await issue(server, caPem, { devId: store.developerId, pin, csr: csrPem });
    return store.save({ keyPem, certPem: answer.clientCert, caPem }, serverFacts.parse(answer));
  };
  const identity = await attempt(false).catch((error: unknown) => {
    // The key has got its certificate by an earlier PIN, and the answer was lost: a new PIN needs a new key.
    if (error instanceof Refused && error.code === "key_reused") return attempt(true);
    throw error;
  });
  store.forgetKeyForPin();
  return identity;
}

/** Writes config.yaml, then asks the gateway: what was reached so far is kept when that fails. */
async function engineOf({ store, server }: Work, identity: Identity, home: string): Promise<Engine> {
  store.prepare();
  const caFingerprint = fingerprintOf(identity.caPem);
  const chosen = readConfigFile(home);
  writeConfigFile(home, { ...chosen, devId: store.developerId, server: server.origin, caFingerprint });
  const endpoint = dockerEndpointOf(identity, server.origin).value ?? "";
  try {
    return await testEndpoint(endpoint, identity);
  } catch (error) {
    if (error instanceof NotLetIn || !(error instanceof Failure)) throw error;
    const kept = `The identity is safe in ${store.link}: run \`berth dev init\` again without the PIN`;
    throw new Failure(`the Docker endpoint does not answer yet: ${error.message}. ${kept}`, error.exitCode, {
      cause: error,
    });
  }
}

/** How Mutagen is there. Without it everything but sync works: what is in the way is a warning, and no failure of this command. */
async function mutagenIn(home: string): Promise<string> {
  try {
    return (await installMutagen(home, note)).way;
  } catch (error) {
    note(`berth: ${causeOf(error)}`);
    return "not installed";
  }
}

function finish(
  flags: OutputOptions,
  { store, server }: Work,
  identity: Identity,
  what: "made" | "kept",
  { engine, mutagen }: { engine: Engine; mutagen: string },
): void {
  const dockerEndpoint = dockerEndpointOf(identity, server.origin).value;
  const endsAt = endOf(identity.certPem).toISOString();
  const warning = renewalWarning(identity);
  if (warning !== undefined) note(`berth: ${warning}`);
  printFact(
    flags,
    {
      ...{ devId: store.developerId, identity: what, serial: serialOf(identity.certPem), endsAt },
      ...{ folder: store.link, server: server.origin, caFingerprint: fingerprintOf(identity.caPem) },
      ...{ dockerEndpoint, engine, mutagen },
    },
    [
      `identity    ${what} for ${store.developerId}, in ${store.link}, until ${endsAt}`,
      `docker      ${dockerEndpoint} answers: engine ${engine.version}, API ${engine.apiVersion}`,
      `mutagen     ${mutagen}`,
      'next        berth run <app> --reload; for docker itself: eval "$(berth dev env)"',
    ].join("\n"),
  );
}
