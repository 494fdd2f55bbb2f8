import { randomInt } from "node:crypto";
import * as net from "node:net";

/** Below the ports that Linux gives to outgoing connections (32768 and up), one of which could take it before it is used. */
const TEST_PORTS = { first: 10_000, last: 32_000 };

/** A TCP port of the loopback interface that nothing listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(TEST_PORTS.first, TEST_PORTS.last);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
