/** What the Engine and the connection to it answer when they refuse, in words that say how to go on. */

interface EngineAnswer {
  statusCode?: number;
  json?: { message?: string } | null;
  reason?: string;
  code?: string;
  message?: string;
}

const asAnswer = (error: unknown): EngineAnswer => (typeof error === "object" && error !== null ? error : {});

export const statusCode = (error: unknown): number | undefined => asAnswer(error).statusCode;
export const isNotFound = (error: unknown): boolean => statusCode(error) === 404;
export const isConflict = (error: unknown): boolean => statusCode(error) === 409;

/** The Engine's own message, without dockerode's frame around it. */
export function engineMessage(error: unknown): string {
  const answer = asAnswer(error);
  const message = answer.json?.message ?? answer.message;
  // Where the answer was to be a stream, dockerode has the message only inside its frame.
  return (message ?? String(error)).replace(/^\(HTTP code \d+\) [a-z ]+ - /, "").trim();
}

/** A connection that failed, named by its host and with what to do about it. */
export function connectionError(host: string, error: unknown): Error {
  return new Error(
    `cannot use the Docker engine at ${host}: ${engineMessage(error)}. ${advice(host, error)}`,
    {
      cause: error,
    },
  );
}

function advice(host: string, error: unknown): string {
  const { code = "" } = asAnswer(error);
  const message = engineMessage(error);
  if (code === "ENOENT")
    return `There is no such socket: start the engine, or set docker:host (DOCKER_HOST) to where it listens.`;
  if (code === "EACCES")
    return `You may not use this socket: join the group that owns it (usually "docker"), or run as root.`;
  if (code === "ECONNREFUSED")
    return `Nothing listens there: start the engine, or correct docker:host (DOCKER_HOST).`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `This name does not resolve: correct docker:host (DOCKER_HOST).`;
  if (code === "ETIMEDOUT" || code === "ABORT_ERR" || /abort|timed? ?out/i.test(message)) {
    return `It does not answer: check docker:host (DOCKER_HOST), firewall and tunnel.`;
  }
  if (/HTTP request to an HTTPS server/i.test(message)) {
    return `It wants TLS: give caMaterial, certMaterial and keyMaterial, or certPath (DOCKER_CERT_PATH).`;
  }
  if (/wrong version number|packet length too long/i.test(message)) {
    return `It does not speak TLS, but certificates are configured: use its TLS port, or remove them (DOCKER_CERT_PATH).`;
  }
  if (/alert|bad certificate|certificate required|ECONNRESET|socket hang up/i.test(message + code)) {
    return `It refused the client certificate: check that certMaterial (or cert.pem) is signed by the engine's CA and in date.`;
  }
  if (/altname|does not match/i.test(message)) {
    return `Its certificate is for other names than the one in docker:host: use one of those, or renew it with this name.`;
  }
  if (/certificate|self-signed|verify/i.test(message + code)) {
    return `Its certificate is not signed by the given CA: check caMaterial (or ca.pem) and that it is in date.`;
  }
  return `Check docker:host (DOCKER_HOST), and that ${host} is a Docker engine.`;
}
