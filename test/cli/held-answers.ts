import { once } from "node:events";
import * as net from "node:net";
import { freePort } from "../support/free-port";

/** Bytes that a client sends only with a request: a hello and the end of a handshake are fewer. */
export const MORE_THAN_A_HANDSHAKE = 1_000;

/** Stands between a laptop and the service, and can keep back what the service says: as a line that breaks after the request. */
export class HeldAnswers {
  /** Bytes that came from laptops. */
  sent = 0;
  private holding = false;
  private readonly sockets = new Set<net.Socket>();
  private constructor(
    private readonly server: net.Server,
    readonly url: string,
  ) {}

  static async before(serviceUrl: string): Promise<HeldAnswers> {
    const port = await freePort();
    const server = net.createServer();
    const held = new HeldAnswers(server, `https://127.0.0.1:${port}`);
    server.on("connection", (client) => held.relay(client, Number(new URL(serviceUrl).port)));
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return held;
  }

  /** Passes handshakes, but no answer to a request. */
  hold(): void {
    this.holding = true;
  }

  passAll(): void {
    this.holding = false;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private relay(client: net.Socket, port: number): void {
    const service = net.connect(port, "127.0.0.1");
    let asked = 0;
    for (const socket of [client, service]) {
      this.sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    client.on("close", () => service.destroy());
    service.on("close", () => client.destroy());
    client.on("data", (chunk) => {
      this.sent += chunk.length;
      asked += chunk.length;
      service.write(chunk);
    });
    service.on("data", (chunk) => {
      if (!this.holding || asked < MORE_THAN_A_HANDSHAKE) client.write(chunk);
    });
  }
}
