/** Making an image present on the engine. */
import type Dockerode from "dockerode";
import type { Engine } from "./client";
import { engineMessage, isNotFound } from "./errors";
import { parseImageName } from "./image-name";
import { readProgress } from "./progress";
import { registryAdvice } from "./registry-advice";
import type { RegistryLogin } from "./registry-auth";
import { Watchdog } from "../support/watchdog";

/** A layer that comes is heard of many times a second, one that is checked or unpacked at least now and then. */
const SILENCE_MS = 120_000;

export interface PullOptions {
  platform?: string;
  signal?: AbortSignal;
  /** Instead of the provider's login for the image's registry. */
  login?: RegistryLogin;
  onStatus?: (line: string) => void;
  /** How long the engine may tell no progress. Default two minutes. */
  silenceMs?: number;
}

/** What the engine knows of a local image, or undefined. */
export async function inspectImage(
  engine: Engine,
  name: string,
): Promise<Dockerode.ImageInspectInfo | undefined> {
  try {
    return await engine.docker.getImage(name).inspect();
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The image as it is on the engine, pulled first where it is not there.
 * @throws Error naming the image and what to do: build it, correct its name, or give credentials.
 */
export async function ensureImage(
  engine: Engine,
  name: string,
  options: PullOptions = {},
): Promise<Dockerode.ImageInspectInfo> {
  const local = await inspectImage(engine, name);
  if (local) return local;
  await pullImage(engine, name, options);
  const pulled = await inspectImage(engine, name);
  if (!pulled)
    throw new Error(`image "${name}" was pulled, but the engine at ${engine.host} does not list it`);
  return pulled;
}

/** @throws Error naming image, registry and the fix. */
export async function pullImage(engine: Engine, name: string, options: PullOptions = {}): Promise<void> {
  const { registry } = parseImageName(name);
  if (/^(sha256:)?[0-9a-f]{64}$/.test(name)) {
    throw new Error(
      `there is no image with the id ${name} at ${engine.host}, and ids cannot be pulled: build the image again.`,
    );
  }
  const watchdog = new Watchdog(options.silenceMs ?? SILENCE_MS, options.signal);
  try {
    const stream: NodeJS.ReadableStream = await engine.docker.pull(name, {
      ...(options.platform && { platform: options.platform }),
      authconfig: options.login ?? engine.credentials.engineAuth(registry),
      abortSignal: watchdog.signal,
    });
    await readProgress(stream, (message) => {
      watchdog.touch();
      if (message.status) options.onStatus?.([message.id, message.status].filter(Boolean).join(": "));
    });
  } catch (error) {
    if (options.signal?.aborted) throw new Error(`pulling image "${name}" was cancelled`, { cause: error });
    const reason = watchdog.verdict ?? engineMessage(error);
    throw new Error(
      `image "${name}" is not at ${engine.host} and cannot be pulled: ${reason}. ${registryAdvice(registry, reason)}`,
      { cause: error },
    );
  } finally {
    watchdog.stop();
  }
}
