import { once } from "node:events";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Docker from "dockerode";
import { follow } from "../../../services/proxy-routes/follow";

const NEVER_SECONDS = 3600;

test("after an event all is compared a second time, since the engine lists a container that has ended as running for a while", async () => {
  let tell = (): void => undefined;
  const engine = http.createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
    tell = () => void response.write(`${JSON.stringify({ Type: "container", Action: "die" })}\n`);
  });
  engine.listen(0, "127.0.0.1");
  await once(engine, "listening");
  const { port } = engine.address() as AddressInfo;
  const stop = new AbortController();
  let compared = 0;
  const following = follow(
    new Docker({ host: "127.0.0.1", port }),
    () => Promise.resolve((compared += 1) > 0),
    NEVER_SECONDS,
    stop.signal,
  );
  try {
    // Of the connection itself.
    while (compared < 2) await sleep(20);
    tell();
    while (compared < 4) await sleep(20);
    await sleep(2_500);
    expect(compared).toBe(4);
  } finally {
    stop.abort();
    await following;
    engine.closeAllConnections();
    engine.close();
  }
}, 30_000);
