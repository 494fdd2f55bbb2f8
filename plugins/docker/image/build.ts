/** Building one image on the engine, with the classic builder or BuildKit. */
import type { Pack } from "tar-stream";
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";
import { readProgress } from "../engine/progress";
import type { RegistryLogin } from "../engine/registry-auth";
import { ClassicLog, type BuildLog } from "./build-log";
import { BuildKitLog } from "./buildkit-log";
import { packContext } from "./context-tar";
import type { BuildSettings } from "./inputs";
import { despiteLostLayers } from "./lost-layer";
import { openSession } from "./session";

export interface BuildOptions {
  /** For base images and caches, by registry host. */
  logins: Record<string, RegistryLogin>;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

export interface BuiltImage {
  id: string;
  steps: number;
  cachedSteps: number;
}

/** @throws Error with the failing step and its last lines. Aborting the signal stops the build on the engine. */
export function buildImage(
  engine: Engine,
  settings: BuildSettings,
  options: BuildOptions,
): Promise<BuiltImage> {
  return despiteLostLayers(
    () => buildOnce(engine, settings, options),
    options.signal,
    () => options.onLine("a layer of the cache was removed meanwhile: building again"),
  );
}

async function buildOnce(
  engine: Engine,
  settings: BuildSettings,
  options: BuildOptions,
): Promise<BuiltImage> {
  const log: BuildLog = settings.builder === "classic" ? new ClassicLog() : new BuildKitLog();
  const needsSession = settings.builder === "buildkit" && Object.keys(options.logins).length > 0;
  const session = needsSession ? await openSession(engine, options.logins) : undefined;
  try {
    const context = await packContext(settings.context, settings.dockerfile, settings.builder);
    const query = buildQuery(settings, context.dockerfile, session?.id);
    const [answer] = await Promise.all([startBuild(engine, query, context.stream, options), context.packed]);
    await readProgress(answer, (message) => log.add(message).forEach((line) => options.onLine(line)));
  } catch (error) {
    throw buildError(engine, settings, log, error, options.signal);
  } finally {
    session?.close();
  }
  if (!log.imageId)
    throw new Error(`image "${settings.imageName}": the engine at ${engine.host} built it, but told no id`);
  return { id: log.imageId, steps: log.steps, cachedSteps: log.cachedSteps };
}

/** Query of POST /build. */
export function buildQuery(
  settings: BuildSettings,
  dockerfile: string,
  session?: string,
): Record<string, string> {
  const query = {
    t: settings.imageName,
    dockerfile,
    version: settings.builder === "classic" ? "1" : "2",
    buildargs: JSON.stringify(settings.args),
    target: settings.target,
    platform: settings.platform,
    networkmode: settings.network,
    extrahosts: settings.extraHosts.join(","),
    cachefrom: settings.cacheImages.length > 0 ? JSON.stringify(settings.cacheImages) : undefined,
    // Also after a failure: the classic builder would leave the failed step's container.
    forcerm: "true",
    session,
  };
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** Past dockerode's buildImage, which cannot take a session of ours. */
function startBuild(
  engine: Engine,
  query: Record<string, string>,
  context: Pack,
  options: BuildOptions,
): Promise<NodeJS.ReadableStream> {
  const modem = engine.docker.modem as {
    dial(options: object, done: (error: Error | null, answer: NodeJS.ReadableStream) => void): void;
  };
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        method: "POST",
        path: "/build?",
        options: query,
        file: context,
        registryconfig: options.logins,
        abortSignal: options.signal,
        isStream: true,
        statusCodes: { 200: true, 400: "bad request", 500: "server error" },
      },
      (error, answer) => (error ? reject(error) : resolve(answer)),
    );
  });
}

function buildError(
  engine: Engine,
  settings: BuildSettings,
  log: BuildLog,
  error: unknown,
  signal: AbortSignal,
): Error {
  if (signal.aborted)
    return new Error(`building image "${settings.imageName}" was cancelled`, { cause: error });
  const step = log.failedStep();
  const lines = step?.tail() ?? [];
  return new Error(
    [
      `image "${settings.imageName}" cannot be built at ${engine.host}: ${engineMessage(error)}`,
      ...(step ? [`Failing step: ${step.name}`] : []),
      ...(lines.length > 0 ? ["Its last lines:", ...lines.map((line) => `  ${line}`)] : []),
    ].join("\n"),
    { cause: error },
  );
}
