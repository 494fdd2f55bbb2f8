/** An engine that goes away in the middle of a deployment, for example because it is restarted. */
import { connect } from "node:net";
import { InitializationError, type Call, type ResourceDefinition } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage, statusCode } from "../engine/errors";

/** How connections break. Source: errno(3), and Node's own for a connection that ends before the answer. */
const BROKEN = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EHOSTUNREACH"];
const SYSTEM_CALLS = ["connect", "read", "write"];
const PROBE_LIMIT_MS = 2_000;

/** Whether the connection broke, and not a file, and not by an answer of the engine's. */
export function isConnectionLost(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, syscall } = at as NodeJS.ErrnoException;
    const broken = code !== undefined && BROKEN.includes(code);
    if (broken && (syscall === undefined || SYSTEM_CALLS.includes(syscall))) return true;
  }
  return false;
}

/**
 * Whether the engine is gone, or about to go: while it shuts down it takes no new connections, but still answers on those that it
 * has, with whatever its closed stores and its stopped containers make of it.
 */
async function isGone(engine: Engine, error: unknown): Promise<boolean> {
  if (isConnectionLost(error)) return true;
  return (error instanceof InitializationError || failedInside(error)) && !(await takesConnections(engine));
}

function failedInside(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ((statusCode(at) ?? 0) >= 500) return true;
  return false;
}

function takesConnections({ endpoint }: Engine): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(
      endpoint.kind === "socket" ? { path: endpoint.path } : { host: endpoint.host, port: endpoint.port },
    );
    const done = (answer: boolean): void => {
      probe.destroy();
      resolve(answer);
    };
    probe.setTimeout(PROBE_LIMIT_MS, () => done(false));
    probe.once("connect", () => done(true));
    probe.once("error", () => done(false));
  });
}

/** The handlers of a resource, whose errors say where it was the engine that went away, and what that means. */
export function withEngineNamed(definition: ResourceDefinition<Engine>): ResourceDefinition<Engine> {
  const create = definition.create.bind(definition);
  const read = definition.read?.bind(definition);
  const update = definition.update?.bind(definition);
  const remove = definition.delete?.bind(definition);
  return {
    ...definition,
    create: (call, ...rest) => named(call, "made", () => create(call, ...rest)),
    ...(read && { read: (call, ...rest) => named(call, "read", () => read(call, ...rest)) }),
    ...(update && { update: (call, ...rest) => named(call, "updated", () => update(call, ...rest)) }),
    ...(remove && { delete: (call, ...rest) => named(call, "removed", () => remove(call, ...rest)) }),
  };
}

async function named<Result>(
  { client: engine, signal }: Call<Engine>,
  what: string,
  step: () => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    // A connection that we closed ourselves did not get lost.
    if (signal.aborted || !(await isGone(engine, error))) throw error;
    const gone = `the Docker engine at ${engine.host} went away while this was being ${what}`;
    const advice = "Start it again, or wait until it is back, and repeat what you ran.";
    if (error instanceof InitializationError)
      throw new InitializationError(error.resource, [`${gone}. ${advice}`, ...error.reasons], error.inputs);
    throw new Error(`${gone}: ${engineMessage(error).replace(/\.$/, "")}. ${advice}`, { cause: error });
  }
}
