import * as net from "node:net";
import { runningContainer } from "../exec/target";
import { END_SIGNALS, Failure } from "../failure";
import { note, printFact, type OutputOptions } from "../output";
import { openSession, type Session } from "../session";
import type { SettingFlags } from "../settings";
import { listen, LOOPBACK, portIn } from "./local-port";
import { Tunnel } from "./tunnel";

export interface ForwardFlags extends SettingFlags, OutputOptions {
  port?: string;
}

/** `berth forward` */
export async function forwardCommand(app: string, flags: ForwardFlags): Promise<void> {
  const port = portIn(flags.port);
  const session = await openSession(flags);
  const forward = await openForward(session, app, port);
  const fact = { app, url: forward.url, port: forward.port };
  printFact(flags, fact, `${app} is at ${forward.url} until Ctrl-C`);
  await forward.untilEnded();
}

/** A port on this laptop that leads to an app. */
export interface Forward {
  url: string;
  port: number;
  /** Waits for Ctrl-C or another signal, then takes everything down. */
  untilEnded: () => Promise<void>;
}

/**
 * Listens on this laptop only, and leads each connection to the app's port.
 * @param port undefined: the app's own where that is free, else any.
 * @throws Failure where the app does not run, or the port is taken.
 */
export async function openForward(session: Session, app: string, port: number | undefined): Promise<Forward> {
  const server = await session.server();
  const { facts } = await runningContainer(session, app);
  const target = { host: facts.Name.slice(1), port: appPort(app, facts.Config.Labels) };
  const listener = net.createServer({ allowHalfOpen: true, noDelay: true });
  const bound = await listen(listener, port, target.port);
  const tunnel = await Tunnel.open(session.engine, server, target, onceEach());
  const clients = new Set<net.Socket>();
  listener.on("connection", (client) => {
    clients.add(client.on("close", () => clients.delete(client)));
    void tunnel.join(client);
  });
  return {
    ...{ url: `http://${LOOPBACK}:${bound}/`, port: bound },
    untilEnded: async () => {
      await signalled();
      listener.close();
      for (const client of clients) client.destroy();
      await tunnel.close();
    },
  };
}

/** Where the proxy would find it, as the gateway keeps it in the container's labels. */
function appPort(app: string, { "berth.port": port }: Record<string, string>): number {
  if (port !== undefined) return Number(port);
  throw new Failure(`the container of ${app} names no port of its own: \`berth run ${app}\` makes it anew`);
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of END_SIGNALS) process.once(name, () => resolve());
  });
}

/** Says each thing once: a page asks a dozen times. */
function onceEach(): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) note(`berth: ${message}`);
    said.add(message);
  };
}
