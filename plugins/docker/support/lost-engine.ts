/** An engine that goes away in the middle of a deployment, for example because it is restarted. */
import { InitializationError, type Call, type ResourceDefinition } from "../../kit/types";
import type { Engine } from "../engine/client";
import { engineMessage } from "../engine/errors";

/** How connections break. Source: errno(3), and Node's own for a connection that ends before the answer. */
const BROKEN = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOENT", "ETIMEDOUT", "EHOSTUNREACH"];
const SYSTEM_CALLS = ["connect", "read", "write"];

/** Whether the connection broke, and not a file, and not by an answer of the engine's. */
export function isConnectionLost(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code, syscall } = at as NodeJS.ErrnoException;
    const broken = code !== undefined && BROKEN.includes(code);
    if (broken && (syscall === undefined || SYSTEM_CALLS.includes(syscall))) return true;
  }
  return false;
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
    if (signal.aborted || error instanceof InitializationError || !isConnectionLost(error)) throw error;
    throw new Error(
      `the Docker engine at ${engine.host} went away while this was being ${what}: ${engineMessage(error)} ` +
        `Start it again, or wait until it is back, and repeat what you ran.`,
      { cause: error },
    );
  }
}
