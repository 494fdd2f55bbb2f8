/** Serves the engine's installer, the engine, and (as the last of their sources) all official plugins. */
const DOWNLOAD_HOST = "https://get.pulumi.com/";
/** Long enough for a slow line, short enough that a closed network costs no time worth noticing. */
const PROBE_TIMEOUT_MS = 4_000;

let answer: Promise<string | undefined> | undefined;

async function probe(): Promise<string | undefined> {
  // Node's fetch knows no proxy, so it cannot tell; the downloads themselves have time limits too.
  if (process.env.HTTPS_PROXY ?? process.env.https_proxy) return undefined;
  try {
    await fetch(DOWNLOAD_HOST, { method: "HEAD", signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return undefined;
  } catch (error) {
    const cause = (error as Error).cause;
    return `${DOWNLOAD_HOST} does not answer (${cause instanceof Error ? cause.message : (error as Error).message})`;
  }
}

/**
 * Tries an official download and returns why it failed, undefined if it did not. Where the network is closed nothing is tried;
 * that is said once a run.
 */
export async function tryDownload(download: () => Promise<void>): Promise<string | undefined> {
  const isFirst = answer === undefined;
  answer ??= probe();
  const obstacle = await answer;
  const failure = obstacle ?? (await download().then(() => undefined, String));
  if (failure !== undefined && (isFirst || obstacle === undefined))
    process.stderr.write(`  no download: ${failure}\n`);
  return failure;
}
