import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Docker from "dockerode";
import { refuseLockedUp } from "../../scripts/engine-parts/answers";

const WITHIN_MS = 300;
const ADDRESS = "DOCKER_HOST=tcp://of-this-test";
let server: Server;
let engine: Docker;
let answersForNetworks: boolean;
beforeAll(async () => {
  // As dockerd is while it holds the lock of its networks: the connection is taken, and no answer comes.
  server = createServer((request, answer) => {
    if (answersForNetworks || !request.url?.includes("/networks")) answer.end("[]");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  engine = new Docker({ protocol: "http", host: "127.0.0.1", port: (server.address() as AddressInfo).port });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

describe("an engine that says nothing of its networks", () => {
  beforeEach(() => (answersForNetworks = false));

  it("is refused before anything is begun, with what to do", async () => {
    await expect(refuseLockedUp(engine, ADDRESS, WITHIN_MS)).rejects.toThrow(
      /of-this-test answers, but says nothing of its networks: it has locked itself up.*docs\/runbook\.md/,
    );
  });
});

it("one that answers is taken, also where it has no network of the name", async () => {
  answersForNetworks = true;
  await refuseLockedUp(engine, ADDRESS, WITHIN_MS);
});
