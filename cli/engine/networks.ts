import type Docker from "dockerode";

/** Longer than an engine takes that is only busy. */
const ANSWER_WITHIN_MS = 20_000;

/**
 * Networks by name. An engine that has locked itself up within its network code still answers for its version and its containers, and
 * says nothing to this, ever.
 * @param withinMs for tests
 * @returns undefined where no answer comes.
 */
export async function networksOf(
  engine: Docker,
  name: string,
  withinMs = ANSWER_WITHIN_MS,
): Promise<Docker.NetworkInspectInfo[] | undefined> {
  const abortSignal = AbortSignal.timeout(withinMs);
  try {
    return await engine.listNetworks({ filters: { name: [name] }, abortSignal });
  } catch (error) {
    if (abortSignal.aborted) return undefined;
    throw error;
  }
}
