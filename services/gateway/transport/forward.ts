import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { EngineUnreachable, type Engine } from "../engine/engine";
import type { Allow, RoutePlan } from "../rules/types";
import { sendAnswer } from "./answer";
import type { Exchange } from "./exchange";
import { headersForCaller, headersForEngine, type BodyFraming } from "./headers";
import { join } from "./join";
import { pour } from "./pour";

/** An allowed request on its way to the engine. */
export interface Forwarded {
  exchange: Exchange;
  plan: RoutePlan;
  allow: Allow;
  response: ServerResponse;
  /** The caller wants the connection to become a raw stream. */
  upgrade: boolean;
}

type EngineSide = { answer: IncomingMessage; upgraded?: { socket: Socket; head: Buffer } };

/**
 * Sends the request as the rules rewrote it, and the engine's answer back; resolves when both directions are over.
 * @throws EngineUnreachable, RefusedStream, or the error of a side that broke off
 */
export async function forward(engine: Engine, forwarded: Forwarded): Promise<void> {
  const { exchange, plan, allow, response, upgrade } = forwarded;
  const { request } = exchange;
  const framing = bodyFraming(forwarded);
  const shared =
    framing === "none" && !plan.stream && !plan.upgrade && ["GET", "HEAD"].includes(allow.method);
  const headers = headersForEngine(request, allow, framing, upgrade ? "upgrade" : shared ? "shared" : "own");
  const asked = engine.request({ method: allow.method, target: allow.target, headers, shared });
  exchange.onCut(() => asked.destroy());
  // A reserved place in a quota is kept until the engine has told what became of the request.
  const finishAnyway = allow.release !== undefined && !plan.stream;
  response.once("close", () => {
    if (!finishAnyway) asked.destroy();
  });
  let side: EngineSide;
  try {
    const answered = engineSide(asked);
    side = await Promise.race([answered, sendBody(forwarded, asked)]);
  } finally {
    allow.release?.();
  }
  exchange.answered(side.answer.statusCode ?? 0);
  if (side.upgraded === undefined) return sendAnswer(side.answer, response, allow.answer);
  const { socket, head } = side.upgraded;
  exchange.onCut(() => socket.destroy());
  if (exchange.gone) return void socket.destroy();
  await becomeStream(exchange.socket, response, side.answer, socket, head);
}

function bodyFraming({ exchange, plan, allow, upgrade }: Forwarded): BodyFraming {
  if (allow.body !== undefined) return { bytes: allow.body.length };
  const { headers } = exchange.request;
  const length = headers["content-length"];
  if (plan.body === "stream" && !upgrade) {
    if (allow.bodyTransform === undefined && length !== undefined) return { bytes: Number(length) };
    if (length !== undefined || headers["transfer-encoding"] !== undefined) return "chunked";
  }
  // Without it Node would announce a chunked body.
  return ["POST", "PUT", "PATCH"].includes(allow.method) ? { bytes: 0 } : "none";
}

function engineSide(asked: ClientRequest): Promise<EngineSide> {
  const side = new Promise<EngineSide>((resolve, reject) => {
    asked.on("error", (error) => reject(new EngineUnreachable(error)));
    const closed = (): void => reject(new EngineUnreachable("it closed the connection without an answer"));
    asked.once("close", closed);
    asked.once("response", (answer) => {
      asked.off("close", closed);
      resolve({ answer });
    });
    asked.once("upgrade", (answer, socket, head) => resolve({ answer, upgraded: { socket, head } }));
  });
  // Whoever lost the race is not looked at any more.
  side.catch(() => undefined);
  return side;
}

/** Never resolves: the answer says when the request is over. Rejects when the body cannot be sent to its end. */
function sendBody({ exchange, plan, allow, upgrade }: Forwarded, asked: ClientRequest): Promise<never> {
  const { request } = exchange;
  const failure = new Promise<never>((_resolve, reject) => {
    if (allow.body !== undefined || plan.body !== "stream" || upgrade) {
      asked.end(allow.body);
      return;
    }
    const transform = allow.bodyTransform?.();
    // Destroyed before its end, the engine's request has no end: the engine does not take half a body for a whole one.
    const breakOff = (error: Error): void => {
      stop();
      request.unpipe();
      asked.destroy();
      transform?.destroy();
      reject(error);
    };
    request.once("close", () => {
      if (!request.complete) breakOff(new Error("the caller broke the body off"));
    });
    asked.once("close", () => {
      request.unpipe();
      transform?.destroy();
    });
    transform?.on("error", breakOff);
    const stop = pour(transform === undefined ? request : request.pipe(transform), asked);
  });
  failure.catch(() => undefined);
  return failure;
}

async function becomeStream(
  caller: Socket,
  response: ServerResponse,
  answer: IncomingMessage,
  engine: Socket,
  head: Buffer,
): Promise<void> {
  response.detachSocket(caller);
  const headers = headersForCaller(answer, { rewritten: true });
  let text = "HTTP/1.1 101 UPGRADED\r\n";
  for (let index = 0; index < headers.length; index += 2)
    text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  caller.write(`${text}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  if (head.length > 0) caller.write(head);
  await join(caller, engine);
}
