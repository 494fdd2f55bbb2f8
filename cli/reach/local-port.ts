import { once } from "node:events";
import type * as net from "node:net";
import { EXIT, Failure } from "../failure";

/** Nobody else's machine reaches it. */
export const LOOPBACK = "127.0.0.1";

/** What `--port` says. @throws Failure (usage) */
export function portIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Failure(`--port '${text}' is no port: give a number from 1 to 65535`, EXIT.usage);
}

/**
 * Listens on the port that is asked for, or on the preferred one where that is free, or on any.
 * @returns the port.
 * @throws Failure where the port that is asked for cannot be had.
 */
export async function listen(
  listener: net.Server,
  asked: number | undefined,
  preferred: number,
): Promise<number> {
  const wishes = asked === undefined ? [preferred, 0] : [asked];
  for (const [index, port] of wishes.entries()) {
    try {
      listener.listen(port, LOOPBACK);
      await once(listener, "listening");
      break;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (index < wishes.length - 1 && (code === "EADDRINUSE" || code === "EACCES")) continue;
      throw new Failure(
        `port ${port} of this laptop cannot be used (${code}): choose another with --port, or leave it out`,
        EXIT.failed,
        { cause: error },
      );
    }
  }
  return (listener.address() as net.AddressInfo).port;
}
