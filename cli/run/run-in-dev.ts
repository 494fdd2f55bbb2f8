import type Docker from "dockerode";
import { keptFolders } from "../../spec/app-manifest";
import { containerSpec, type ContainerSpec } from "../../spec/container-spec";
import type { ServerSettings } from "../../spec/gateway-api";
import { instanceName, sharedName, sourceVolume, type Scope } from "../../spec/names";
import type { LocalApp } from "../app/find-app";
import { portKey, type PublishedPort } from "../driver/create-body";
import { inspected, reconcile, type Action } from "../driver/reconcile";
import { note } from "../output";
import type { Session } from "../session";
import { builtImage, reloadImage, type AppImage } from "./app-image";
import { filesFor } from "./container-files";
import { debugging } from "./debug";
import { extraCaBundle } from "./extra-ca";
import { waitUntilHealthy } from "./healthy";
import type { Phases } from "./phases";
import { isServed, urlOf } from "./route";
import { isSynced, syncedSource } from "./synced-source";

export interface RunOptions {
  reload?: boolean;
  /** Of the built image; "latest" where absent. */
  tag?: string;
  /** Published on the host too. */
  port?: number;
  debug?: boolean;
  /** Build the image under live source whatever has changed. */
  rebuild?: boolean;
}

/** An app that answers. */
export interface Running {
  app: string;
  environment: "dev";
  url: string;
  /** Whether the proxy can be reached from this machine. */
  reachable: boolean;
  container: string;
  /** What was done to get there. */
  action: Action;
  image: { name: string; id: string; built: boolean };
  /** Where ports of the container are on the host, as `address:port`. */
  published: { containerPort: number; address: string }[];
}

/** Brings a developer's app up in dev and returns when it answers. Run again, it changes what is different and nothing else. */
export async function runInDev(
  session: Session,
  app: LocalApp,
  options: RunOptions,
  phases: Phases,
): Promise<Running> {
  const { engine, home } = session;
  const given = new AbortController();
  // Asked for side by side: what the one needs of the other it waits for by itself.
  const server = phases.time("server", session.server);
  const image = server.then((known) =>
    phases.time("image", () => imageOf({ engine, server: known, app }, options, given.signal)),
  );
  const access = server.then((known) =>
    phases.time("access", async () =>
      filesFor(session, app, await extraCaBundle(engine, home, known.images.extraCa)),
    ),
  );
  const there = server.then((known) => inspected(engine, containerName(known, app)));
  const isLive = options.reload === true;
  // Where edits go over already, the container need not wait until that is known for sure.
  const isThere = isLive ? isSynced(session, app) : Promise.resolve(true);
  const sync = isLive
    ? phases.time("sync", () =>
        syncedSource(session, app, async () => {
          if (await isThere) await Promise.allSettled([container]);
        }),
      )
    : Promise.resolve();
  const source = isThere.then(async (is) => void (is || (await sync)));
  const container = Promise.all([server, image, access, there, source]).then(
    async ([known, appImage, containerFiles, present]) => {
      const { isOwn: isOwnImage, id: imageId } = appImage;
      const { files, extraCa } = containerFiles;
      const { spec, published } = plan(known, app, options, { isOwnImage, extraCa });
      const network = sharedName(scopeOf(known), "network");
      const hashKey = session.identity.facts?.secretsEncryption ?? "";
      const wanted = { spec, imageId, network, files, published, hashKey };
      const done = await phases.time("container", () => reconcile(engine, wanted, present));
      return { ...done, name: spec.name, published };
    },
  );
  const [known, appImage, { action, id, name, published }] = await Promise.all([
    server,
    image,
    container,
    sync,
  ]).catch((error: unknown) => {
    // A build that nobody waits for would keep this command from ending.
    given.abort();
    throw error;
  });
  const url = urlOf(known, app.name);
  const reachable = await answering(engine, id, { app, server: known, url }, phases);
  return {
    ...{ app: app.name, environment: "dev", url, reachable, container: name, action },
    image: { name: appImage.name, id: appImage.id, built: appImage.isBuilt },
    published: published.length > 0 ? await addresses(engine, id, published, session) : [],
  };
}

function imageOf(
  context: { engine: Docker; server: ServerSettings; app: LocalApp },
  { reload, tag, rebuild = false }: RunOptions,
  signal: AbortSignal,
): Promise<AppImage> {
  return reload === true && tag === undefined
    ? reloadImage(context, { rebuild, onLine: note, signal })
    : builtImage(context, tag);
}

const scopeOf = ({ prefix }: ServerSettings): Scope => ({ prefix, environment: "dev" });

function containerName(server: ServerSettings, app: LocalApp): string {
  return instanceName(scopeOf(server), { app: app.name, developerId: server.developerId });
}

/** The container as it is to be. */
function plan(
  server: ServerSettings,
  { name, manifest, appSubPath }: LocalApp,
  { reload = false, port, debug }: RunOptions,
  { isOwnImage, extraCa }: { isOwnImage: boolean; extraCa: boolean },
): { spec: ContainerSpec; published: PublishedPort[] } {
  const scope = scopeOf(server);
  const { developerId } = server;
  const volume = sourceVolume(scope, { app: name, developerId });
  const spec = containerSpec({
    ...{ scope, proxyEnvironment: "dev", manifest, developerId, appSubPath, extraCa, reload },
    // The runtime image has no packages to keep: they are installed into the source's volume.
    live: reload ? { kind: "volume", volume, keep: isOwnImage ? keptFolders(manifest) : [] } : undefined,
  });
  const published = port === undefined ? [] : [{ containerPort: manifest.port, hostPort: String(port) }];
  if (debug !== true) return { spec, published };
  const { command, port: debugPort } = debugging(manifest, spec.command);
  return {
    spec: { ...spec, command },
    published: [...published, { containerPort: debugPort, hostPort: "" }],
  };
}

/** Waits for the app and for its route side by side; whether the route can be reached from here. */
async function answering(
  engine: Docker,
  id: string,
  { app, server, url }: { app: LocalApp; server: ServerSettings; url: string },
  phases: Phases,
): Promise<boolean> {
  const ended = new AbortController();
  const asked = new AbortController();
  let isReachable = false;
  const signs = { asked: asked.signal, isServed: () => isReachable };
  const healthy = phases.time("healthy", () => waitUntilHealthy(engine, { id }, app, note, signs));
  const route = phases.time("route", async () => {
    const waiting = { isHealthy: healthy, signal: ended.signal };
    isReachable = await isServed(server, url, app.manifest.health.path, waiting);
    asked.abort();
  });
  try {
    await Promise.all([route, healthy]);
    return isReachable;
  } finally {
    ended.abort();
  }
}

async function addresses(
  engine: Docker,
  id: string,
  published: readonly PublishedPort[],
  { context }: Session,
): Promise<Running["published"]> {
  const { NetworkSettings } = await engine.getContainer(id).inspect();
  const { hostname } = new URL(context.endpoint);
  return published.map(({ containerPort }) => {
    const [binding] = NetworkSettings.Ports[portKey({ containerPort })] ?? [];
    const isEverywhere = ["", "0.0.0.0", "::"].includes(binding?.HostIp ?? "");
    return { containerPort, address: `${isEverywhere ? hostname : binding?.HostIp}:${binding?.HostPort}` };
  });
}
