/** Pushing an image to its registry. */
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";
import { parseImageName } from "../engine/image-name";
import { inspectImage } from "../engine/pull";
import { readProgress } from "../engine/progress";
import { registryAdvice } from "../engine/registry-advice";
import type { RegistryLogin } from "../engine/registry-auth";
import { Watchdog } from "../support/watchdog";

/** As long as a layer may take to be read before the first of it is sent. */
const SILENCE_MS = 120_000;

export interface PushOptions {
  login?: RegistryLogin;
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/**
 * @returns the manifest digest (`sha256:…`) by which the registry knows it.
 * @throws Error naming image and registry, and what to check.
 */
export async function pushImage(engine: Engine, name: string, options: PushOptions): Promise<string> {
  const { registry, tag } = parseImageName(name);
  let digest: string | undefined;
  const watchdog = new Watchdog(SILENCE_MS, options.signal);
  try {
    const stream: NodeJS.ReadableStream = await engine.docker.getImage(name).push({
      tag,
      // An engine before API 1.43 insists on this header, with or without a login in it.
      authconfig: { ...options.login, serveraddress: registry },
      abortSignal: watchdog.signal,
    });
    await readProgress(stream, ({ id, status, aux }) => {
      watchdog.touch();
      digest = (aux as { Digest?: string } | undefined)?.Digest ?? digest;
      if (status) options.onLine([id, status].filter(Boolean).join(": "));
    });
  } catch (error) {
    if (options.signal.aborted) throw new Error(`pushing image "${name}" was cancelled`, { cause: error });
    const reason = watchdog.verdict ?? engineMessage(error);
    throw new Error(
      `image "${name}" cannot be pushed to ${registry}: ${reason}. ${advice(registry, reason, options)}`,
      { cause: error },
    );
  } finally {
    watchdog.stop();
  }
  return digest ?? (await digestFromEngine(engine, name));
}

function advice(registry: string, reason: string, { login }: PushOptions): string {
  if (!/no basic auth|unauthorized|authentication required|denied/i.test(reason))
    return registryAdvice(registry, reason);
  return login
    ? `Check the login ("${login.username}") and the image's path in the registry.`
    : `If ${registry} wants a login, give one in "registry" (docker.Image), registryAuth of the docker provider, or docker login.`;
}

async function digestFromEngine(engine: Engine, name: string): Promise<string> {
  const found = await inspectImage(engine, name);
  const { registry, repository } = parseImageName(name);
  const match = found?.RepoDigests?.find((entry) => {
    const parsed = parseImageName(entry);
    return parsed.registry === registry && parsed.repository === repository;
  });
  const digest = match && parseImageName(match).digest;
  if (!digest) throw new Error(`image "${name}" was pushed, but neither registry nor engine told its digest`);
  return digest;
}
