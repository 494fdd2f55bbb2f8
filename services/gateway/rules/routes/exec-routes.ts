import { z } from "zod";
import { checkBody, command, flag as bodyFlag, never, word } from "../container/fields";
import { allow, type RequestContext, type RouteRule } from "../context";
import type { InspectedContainer } from "../engine-objects";
import { findContainer, findExec } from "../lookup";
import { wholeNumber } from "../parameters";
import { refuse } from "../refusals";
import type { Allow } from "../types";

const consoleSize = z.array(z.int().min(0).max(10_000)).length(2).nullish();

const createSchema = z.strictObject({
  AttachStdin: bodyFlag,
  AttachStdout: bodyFlag,
  AttachStderr: bodyFlag,
  DetachKeys: word.nullish(),
  Tty: bodyFlag,
  Cmd: command,
  Env: z
    .array(z.string().max(128 * 1024))
    .max(1024)
    .nullish(),
  User: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{0,128}$/)
    .nullish(),
  WorkingDir: z.string().max(4096).nullish(),
  ConsoleSize: consoleSize,
  Detach: bodyFlag,
  Privileged: never("it is root on the host"),
});

const startSchema = z.strictObject({ Detach: bodyFlag, Tty: bodyFlag, ConsoleSize: consoleSize });

export const execRoutes: RouteRule[] = [
  { method: "POST", pattern: "/containers/{id}/exec", body: "json", decide: createExec },
  {
    method: "POST",
    pattern: "/exec/{id}/start",
    body: "json",
    upgrade: true,
    stream: true,
    decide: startExec,
  },
  {
    method: "POST",
    pattern: "/exec/{id}/resize",
    query: { h: wholeNumber, w: wholeNumber },
    body: "dropped",
    decide: onExec,
  },
  { method: "GET", pattern: "/exec/{id}/json", decide: onExec },
];

async function createExec(context: RequestContext): Promise<Allow> {
  const container = await findContainer(context, context.names["id"] ?? "", "operate");
  refuseEngineAccess(container);
  const body = checkBody(createSchema, context.body);
  return allow(context, `container ${container.Name.slice(1)}`, {
    path: `/containers/${container.Id}/exec`,
    body,
  });
}

async function startExec(context: RequestContext): Promise<Allow> {
  const container = await findExec(context, context.names["id"] ?? "", "operate");
  refuseEngineAccess(container);
  return allow(context, `exec in ${container.Name.slice(1)}`, { body: checkBody(startSchema, context.body) });
}

async function onExec(context: RequestContext): Promise<Allow> {
  const container = await findExec(context, context.names["id"] ?? "", "operate");
  return allow(context, `exec in ${container.Name.slice(1)}`);
}

/** A command in a container that holds the engine's socket is a command on the host: not even an operator's certificate gives that. */
function refuseEngineAccess(container: InspectedContainer): void {
  if (!(container.Mounts ?? []).some(({ Source }) => Source?.endsWith("/docker.sock"))) return;
  const name = container.Name.slice(1);
  refuse(
    403,
    "engine-socket",
    `container ${name} holds the engine's socket: work in it on the host itself`,
    `container ${name}`,
  );
}
