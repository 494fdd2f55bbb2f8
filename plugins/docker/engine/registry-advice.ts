/** What to do about an image that a registry does not give or take, by what the engine said of it. */

const ADVICE: [pattern: RegExp, advice: (registry: string) => string][] = [
  [
    /verification failed|digest (mismatch|did not match)|does not match.*digest/i,
    (registry) =>
      `What ${registry} sent is not what this digest stands for: it was altered or damaged there, and nothing of it is used. ` +
      `Push the image again, or take another digest.`,
  ],
  [
    /x509|certificate|tls: /i,
    (registry) =>
      `The engine does not trust ${registry}: put its CA into /etc/docker/certs.d/${registry}/ca.crt on the engine's host.`,
  ],
  [
    /connection (refused|reset)|no such host|no route|unreachable|timeout|deadline exceeded|no progress|\bEOF\b/i,
    (registry) =>
      `${registry} does not answer the engine: check that it runs there, its name, and the network between them.`,
  ],
  [
    /no basic auth|unauthorized|authentication required|access .*denied|forbidden/i,
    (registry) =>
      `${registry} wants a login for it: give one, or correct it, in registryAuth of the docker provider.`,
  ],
  [
    /not found|unknown|does not exist/i,
    (registry) => `${registry} does not have it: correct its name, or build and push it first.`,
  ],
];

/** One sentence with the fix. */
export function registryAdvice(registry: string, message: string): string {
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(message)) ?? [];
  return (
    advice?.(registry) ??
    `Correct its name, build it first, or give a login for ${registry} in registryAuth of the docker provider.`
  );
}
