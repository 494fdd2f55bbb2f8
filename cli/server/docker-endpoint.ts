import { z } from "zod";
import { EXIT, Failure } from "../failure";
import type { Pair } from "../identity/pair";
import { ask } from "./https";

/** Of the engine's GET /version (Docker Engine API). */
const version = z.object({ Version: z.string(), ApiVersion: z.string() });

/** What was found behind DOCKER_HOST. */
export interface Engine {
  version: string;
  apiVersion: string;
}

const WITHIN_MS = 10_000;

/** The gateway does not let this identity in; why stands in its message. */
export class NotLetIn extends Failure {
  constructor(message: string) {
    super(message, EXIT.refused);
  }
}

/**
 * Asks for /_ping and /version as docker does, with the client's certificate.
 * @throws Failure (unreachable), NotLetIn.
 */
export async function testEndpoint(
  dockerEndpoint: string,
  { caPem, certPem, keyPem }: Pair,
): Promise<Engine> {
  const base = new URL(dockerEndpoint.replace(/^tcp:/, "https:"));
  const question = { caPem, identity: { certPem, keyPem }, timeoutMs: WITHIN_MS };
  for (const route of ["/_ping", "/version"]) {
    const { status, text } = await ask(new URL(route, base), question);
    if (status === 401 || status === 403) throw new NotLetIn(`${base.host} refused: ${messageIn(text)}`);
    if (status !== 200) {
      throw new Failure(`${base.host} answered ${status} to ${route}: ${messageIn(text)}`, EXIT.unreachable);
    }
    if (route === "/version") return engineIn(base, text);
  }
  throw new Error("unreachable: the last route returns or throws");
}

function engineIn(base: URL, text: string): Engine {
  try {
    const { Version, ApiVersion } = version.parse(JSON.parse(text));
    return { version: Version, apiVersion: ApiVersion };
  } catch (error) {
    throw new Failure(`${base.host} does not answer /version as a Docker engine does`, EXIT.failed, {
      cause: error,
    });
  }
}

function messageIn(text: string): string {
  try {
    return z.object({ message: z.string() }).parse(JSON.parse(text)).message;
  } catch {
    return text.trim().slice(0, 200) || "without a word";
  }
}
