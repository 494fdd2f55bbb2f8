import * as https from "node:https";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** Slower than any network that is worth working over. */
const HANDSHAKE_TIMEOUT_MS = 15_000;

/**
 * An agent whose connections are given up where their TLS handshake does not end: a port that takes connections and says nothing (a
 * firewall, a host that is asleep) would hold a command for ever. What a connection carries afterwards may take as long as it takes.
 */
export class PatientAgent extends https.Agent {
  /** @param handshakeTimeoutMs for tests */
  constructor(
    options: https.AgentOptions,
    private readonly handshakeTimeoutMs = HANDSHAKE_TIMEOUT_MS,
  ) {
    super(options);
  }

  override createConnection(
    ...words: Parameters<https.Agent["createConnection"]>
  ): Duplex | null | undefined {
    const socket = super.createConnection(...words);
    if (!(socket instanceof TLSSocket)) return socket;
    const giveUp = (): void => {
      const message = `its TLS handshake did not end in ${this.handshakeTimeoutMs / 1_000} s`;
      socket.destroy(Object.assign(new Error(message), { code: "ETIMEDOUT" }));
    };
    const timer = setTimeout(giveUp, this.handshakeTimeoutMs);
    const stop = (): void => clearTimeout(timer);
    socket.once("secureConnect", stop).once("close", stop);
    return socket;
  }
}
