import * as net from "node:net";
import { Transform } from "node:stream";
import * as tls from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { RefusedStream, type Allow, type Incoming } from "../../../services/gateway/rules/types";
import { BASE_IMAGE } from "../../../scripts/base-image-parts/names";
import type { IssuedCertificate } from "./support/certificates";
import { GatewayBench } from "./support/gateway-bench";
import { permissiveRules } from "./support/permissive-rules";

let bench: GatewayBench;
let developer: IssuedCertificate;
let container: string;
/** What a test wants changed of the permissive rules. */
let change: (allow: Allow, incoming: Incoming) => Partial<Allow> = () => ({});

beforeAll(async () => {
  bench = await GatewayBench.start({
    rules: permissiveRules((allow, incoming) => change(allow, incoming)),
    settings: { quota: { streams: 3 } },
  });
  developer = await bench.client();
  container = await bench.bench.start("target", BASE_IMAGE, { command: ["sleep", "600"] });
});
afterEach(() => (change = () => ({})));
afterAll(() => bench.dispose());

const HOST = "Host: gateway";
const request = (...lines: string[]): string => `${lines.join("\r\n")}\r\n\r\n`;
const statuses = (text: string): string[] =>
  [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status!);

describe("requests that two readers could understand differently", () => {
  const smuggled = "GET /v1.41/info HTTP/1.1\r\nHost: gateway\r\n\r\n";
  it.each<[string, string]>([
    [
      "Content-Length and Transfer-Encoding",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n${smuggled}`,
    ],
    [
      "two Content-Lengths",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Content-Length: 0", "Content-Length: 5")}${smuggled}`,
    ],
    [
      "a Content-Length with a sign",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Content-Length: +0")}${smuggled}`,
    ],
    [
      "a Transfer-Encoding that is not chunked",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Transfer-Encoding: gzip, chunked")}0\r\n\r\n${smuggled}`,
    ],
    [
      "a Transfer-Encoding with a tab",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Transfer-Encoding:\tchunked\t, identity")}0\r\n\r\n${smuggled}`,
    ],
    [
      "two Transfer-Encodings",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")}0\r\n\r\n${smuggled}`,
    ],
    [
      "a chunk size that is none",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Transfer-Encoding: chunked")}zz\r\n${smuggled}`,
    ],
    ["a folded header", `${request("GET /_ping HTTP/1.1", HOST, "X-A: 1\r\n Content-Length: 9")}${smuggled}`],
    ["a space before the colon", `${request("GET /_ping HTTP/1.1", HOST, "Content-Length : 9")}${smuggled}`],
    ["bare line feeds", `GET /_ping HTTP/1.1\nHost: gateway\n\n${smuggled}`],
    ["two Hosts", `${request("GET /_ping HTTP/1.1", HOST, HOST)}${smuggled}`],
    ["no Host", request("GET /_ping HTTP/1.1")],
    ["HTTP/1.0", request("GET /_ping HTTP/1.0", HOST)],
    ["an absolute target", request("GET http://docker/_ping HTTP/1.1", HOST)],
    ["CONNECT", request("CONNECT docker:2375 HTTP/1.1", HOST)],
    ["an asterisk", request("OPTIONS * HTTP/1.1", HOST)],
    ["a null byte in a header", request("GET /_ping HTTP/1.1", HOST, "X-A: a\0b")],
    ["HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["an unknown Expect", request("GET /_ping HTTP/1.1", HOST, "Expect: 200-maybe")],
    [
      "Upgrade to HTTP/2",
      request(
        "GET /_ping HTTP/1.1",
        HOST,
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABk",
      ),
    ],
    [
      "Upgrade where the route has none",
      request("GET /_ping HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: tcp"),
    ],
    [
      "101 headers",
      request("GET /_ping HTTP/1.1", HOST, ...Array.from({ length: 100 }, (_, n) => `X-${n}: ${n}`)),
    ],
    ["17 KiB of headers", request("GET /_ping HTTP/1.1", HOST, `X-A: ${"a".repeat(17 * 1024)}`)],
    [
      "a body where none may be",
      `${request("POST /v1.41/containers/x/stop HTTP/1.1", HOST, "Content-Length: 2")}{}`,
    ],
    [
      "a chunked body where none may be",
      `${request("POST /v1.41/containers/x/stop HTTP/1.1", HOST, "Transfer-Encoding: chunked")}2\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      "a body above the limit",
      request("POST /v1.41/containers/create HTTP/1.1", HOST, "Content-Length: 1048577"),
    ],
    [
      "a chunked body before a change of protocol",
      `${request("POST /v1.41/containers/x/attach HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: tcp", "Transfer-Encoding: chunked")}2\r\n{}\r\n0\r\n\r\n${smuggled}`,
    ],
    [
      "an empty chunked body with an extension before a change of protocol",
      `${request("POST /v1.41/containers/x/attach HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: tcp", "Transfer-Encoding: chunked")}0;a\r\n\r\n${smuggled}`,
    ],
    [
      "a request inside a refused upgrade",
      `${request("POST /v1.41/containers/create HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: tcp", `Content-Length: ${smuggled.length}`)}${smuggled}`,
    ],
  ])("refuses %s, and nothing of what follows reaches the engine", async (_what, bytes) => {
    const before = bench.audited().filter(({ event }) => event === "begun").length;
    const answer = await bench.raw(developer, bytes, 1_000);
    expect(statuses(answer)[0] ?? "closed").toMatch(/^(4\d\d|505|closed)$/);
    expect(statuses(answer).filter((status) => status.startsWith("2"))).toEqual([]);
    expect(bench.audited().filter(({ event }) => event === "begun")).toHaveLength(before);
  });

  it("answers no second request that is sent before the first one's answer", async () => {
    const two = request("GET /v1.41/events HTTP/1.1", HOST) + smuggled;
    expect(statuses(await bench.raw(developer, two, 1_000)).length).toBeLessThan(2);
  });

  it("answers one request after the other on one connection", async () => {
    const socket = tls.connect(bench.tlsOptions(developer));
    for (let count = 0; count < 3; count++) {
      socket.write(request("GET /_ping HTTP/1.1", HOST));
      let answer = "";
      socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
      await bench.until(() => answer.endsWith("OK"));
      socket.removeAllListeners("data");
      expect(statuses(answer)).toEqual(["200"]);
    }
    socket.destroy();
  });
});

describe("slow and greedy callers", () => {
  it("are cut off when their headers do not come", async () => {
    const startedMs = performance.now();
    const answer = await bench.raw(developer, "GET /_ping HTTP/1.1\r\nHost: ga", 20_000);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    expect(answer).toMatch(/408/);
  });

  it("have only so many streams at a time, and others have theirs", async () => {
    const follow = `/v1.41/containers/${container}/logs?stdout=1&follow=1`;
    const streams = await Promise.all([1, 2, 3].map(() => opened(request(`GET ${follow} HTTP/1.1`, HOST))));
    const refused = await bench.ask(developer, follow);
    expect(refused).toMatchObject({ status: 429 });
    expect(refused.message).toMatch(/3 open streams/);
    expect((await bench.ask(developer, "/_ping")).status).toBe(200);
    const other = await bench.client({ developerId: "02" });
    expect(statuses(await bench.raw(other, request(`GET ${follow} HTTP/1.1`, HOST), 300))).toEqual(["200"]);
    for (const stream of streams) stream.destroy();
    await bench.until(async () =>
      (await bench.raw(developer, request(`GET ${follow} HTTP/1.1`, HOST), 300)).includes("200 OK"),
    );
  });

  async function opened(bytes: string): Promise<tls.TLSSocket> {
    const socket = tls.connect(bench.tlsOptions(developer), () => socket.write(bytes));
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("data", resolve));
    return socket;
  }
});

describe("what the rules say about a body", () => {
  it("reaches the engine as they wrote it", async () => {
    const name = `${bench.bench.prefix}-volume`;
    change = () => ({ body: Buffer.from(JSON.stringify({ Name: name, Labels: { "berth.owner": "01" } })) });
    const headers = { "Content-Type": "text/plain" };
    const made = await bench.ask(developer, "/v1.41/volumes/create", {
      method: "POST",
      headers,
      body: '{"Name":"x"}',
    });
    expect(JSON.parse(made.body)).toMatchObject({ Name: name, Labels: { "berth.owner": "01" } });
    await bench.bench.docker(["volume", "rm", name]);
  });

  it("ends the engine's request before its end when a stream turns out wrong", async () => {
    const refusal = { kind: "refusal" as const, status: 403, message: "no such thing", reason: "test" };
    change = () => ({
      bodyTransform: () =>
        new Transform({ transform: (_chunk, _encoding, done) => done(new RefusedStream(refusal)) }),
    });
    const tag = `${bench.bench.prefix}-never`;
    const answer = await bench.ask(developer, `/v1.41/build?t=${tag}`, {
      method: "POST",
      body: "x".repeat(100_000),
    });
    expect(answer).toMatchObject({ status: 403, message: "no such thing" });
    expect(bench.audited().at(-1)).toMatchObject({ event: "refused", reason: "test", status: 403 });
    expect((await bench.bench.docker(["images", "-q", tag])).stdout).toBe("");
  });

  it("gives back what was reserved exactly once, also when the caller is gone", async () => {
    let released = 0;
    change = () => ({ release: () => released++ });
    await bench.ask(developer, "/_ping");
    expect(released).toBe(1);
    const socket = tls.connect(bench.tlsOptions(developer), () => {
      socket.write(
        request(`POST /v1.41/containers/${container}/stop?t=1 HTTP/1.1`, HOST, "Content-Length: 0"),
      );
    });
    await sleep(200);
    socket.destroy();
    await bench.until(() => released === 2);
    await sleep(200);
    expect(released).toBe(2);
    await bench.bench.docker(["start", container]);
  });

  it("has the answer rewritten", async () => {
    change = (_allow, { rawTarget }) =>
      rawTarget.includes("/info") ? { answer: { json: () => ({ only: "this" }) } } : {};
    expect((await bench.ask(developer, "/v1.41/info")).body).toBe('{"only":"this"}');
  });
});

describe("an engine that behaves oddly", () => {
  /** Serves one connection after the other on a unix socket, as an engine would. */
  async function withEngine(serve: (socket: net.Socket) => void, run: () => Promise<void>): Promise<void> {
    const socketPath = `${bench.authority.folder}/odd.sock`;
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => undefined);
      serve(socket);
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    await bench.gateway.stop();
    // The health of such an engine is no matter here.
    await bench.startGateway({ engineSocket: socketPath });
    try {
      await run();
    } finally {
      server.close();
      await bench.gateway.stop();
      await bench.startGateway();
    }
  }

  const PONG = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
  const answering = (answer: (socket: net.Socket, head: string) => void) => (socket: net.Socket) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      socket.off("data", read);
      if (text.startsWith("GET /_ping")) socket.end(PONG);
      else answer(socket, text);
    };
    socket.on("data", read);
  };

  it("may end its side of a stream and go on reading the other", async () => {
    let received = "";
    const serve = answering((socket) => {
      socket.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
      socket.end("all of the output");
      socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    });
    await withEngine(serve, async () => {
      const text = await new Promise<string>((resolve) => {
        let output = "";
        const socket = tls.connect(
          { ...bench.tlsOptions(developer), allowHalfOpen: true } as tls.ConnectionOptions,
          () =>
            socket.write(
              request(
                "POST /v1.41/exec/1/start HTTP/1.1",
                HOST,
                "Connection: Upgrade",
                "Upgrade: tcp",
                "Content-Length: 2",
              ) + "{}",
            ),
        );
        socket.on("data", (chunk: Buffer) => (output += chunk.toString()));
        socket.on("end", () => {
          socket.write("input after the output's end");
          setTimeout(() => socket.end(() => resolve(output)), 100);
        });
      });
      expect(text).toMatch(/^HTTP\/1\.1 101 .*\r\n\r\nall of the output$/s);
      await bench.until(() => received.endsWith("input after the output's end"));
    });
  });

  it("that breaks off in the middle leaves no answer that looks whole", async () => {
    const serve = answering((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
      setTimeout(() => socket.destroy(), 50);
    });
    await withEngine(serve, async () => {
      await expect(bench.ask(developer, "/v1.41/images/json")).rejects.toThrow(/aborted|hang up/);
    });
  });

  it("that does not answer is told in words", async () => {
    await withEngine(
      answering((socket) => socket.destroy()),
      async () => {
        const answer = await bench.ask(developer, "/v1.41/images/json");
        expect(answer).toMatchObject({ status: 503 });
        expect(answer.message).toMatch(/Docker engine does not answer.*ask your operator/);
      },
    );
  });

  it("is asked with the headers of the list and no others", async () => {
    let head = "";
    const serve = answering((socket, text) => {
      head = text;
      socket.end(PONG);
    });
    await withEngine(serve, async () => {
      const headers = {
        "X-Registry-Auth": "c2VjcmV0",
        "X-Registry-Config": "x",
        Cookie: "a",
        Accept: "a/b",
        "X-Forwarded-For": "1.2.3.4",
      };
      await bench.ask(developer, "/v1.41/images/json", { headers });
      const names = [...head.matchAll(/^([\w-]+):/gm)].map(([, name]) => name!.toLowerCase()).sort();
      expect(names).toEqual(["accept", "connection", "host"]);
    });
  });
});
