import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { PassThrough, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { pour } from "../../../services/gateway/transport/pour";

const RECORD_BYTES = 16 * 1024;
const record = (): Buffer => randomBytes(RECORD_BYTES);

/** Takes what is written, and says how it came; where it is slow, a write lasts until it is let go. */
class Taker extends Writable {
  readonly writes: Buffer[] = [];
  letGo: () => void = () => undefined;

  constructor(private readonly slow = false) {
    super();
  }

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(piece);
    if (this.slow) this.letGo = done;
    else done();
  }
}

/** A source that has as much as one likes. */
const source = (): PassThrough => new PassThrough({ highWaterMark: RECORD_BYTES });

it("writes together what came together, and the end after it", async () => {
  const [from, to] = [source(), new Taker()];
  pour(from, to);
  const records = [record(), record(), record()];
  for (const piece of records) from.write(piece);
  from.end();
  await finished(to);
  expect(to.writes).toHaveLength(1);
  expect(to.writes[0]!.equals(Buffer.concat(records))).toBe(true);
});

it("writes a single byte without waiting for more", async () => {
  const [from, to] = [source(), new Taker()];
  pour(from, to);
  from.write("x");
  await turn();
  await turn();
  expect(to.writes.map(String)).toEqual(["x"]);
});

it("reads only so much ahead of one that does not take it, and goes on when it does", async () => {
  const [from, to] = [source(), new Taker(true)];
  pour(from, to);
  const records = Array.from({ length: 40 }, record);
  let read = 0;
  from.on("data", ({ length }: Buffer) => (read += length));
  for (const piece of records) from.write(piece);
  for (let count = 0; count < 20; count++) await turn();
  expect(to.writes).toHaveLength(1);
  expect(read).toBeLessThanOrEqual(2 * 128 * 1024 + RECORD_BYTES);
  from.end();
  while (!to.writableFinished) {
    to.letGo();
    await turn();
  }
  expect(Buffer.concat(to.writes).equals(Buffer.concat(records))).toBe(true);
});

it("ends nothing when the source breaks off, or when it was stopped", async () => {
  const [broken, stopped] = [source(), source()];
  const takers = [new Taker(), new Taker()];
  pour(broken, takers[0]!);
  const stop = pour(stopped, takers[1]!);
  broken.write("half of it");
  stopped.write("half of it");
  await turn();
  await turn();
  broken.destroy();
  stop();
  stopped.end("the rest");
  for (let count = 0; count < 5; count++) await turn();
  expect(takers.map(({ writes }) => writes.map(String))).toEqual([["half of it"], ["half of it"]]);
  expect(takers.map(({ writableEnded }) => writableEnded)).toEqual([false, false]);
});

it("throws nothing when the other stream breaks off in the middle of a write", async () => {
  const [from, to] = [source(), new Taker(true)];
  pour(from, to);
  from.write(record());
  await turn();
  await turn();
  to.destroy();
  from.write(record());
  for (let count = 0; count < 5; count++) await turn();
  expect(from.isPaused()).toBe(true);
});

describe("into a request over a unix socket, as to the engine", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-pour-"));
  const socketPath = path.join(folder, "engine.sock");
  let pieces: string[] = [];
  const server = http.createServer((request, response) => {
    const digest = createHash("sha256");
    pieces = [];
    request.on("data", (piece: Buffer) => {
      digest.update(piece);
      pieces.push(piece.toString("latin1"));
    });
    request.on("end", () => response.end(digest.digest("hex")));
  });

  beforeAll(() => new Promise<void>((resolve) => server.listen(socketPath, resolve)));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    fs.rmSync(folder, { recursive: true });
  });

  const put = (headers: http.OutgoingHttpHeaders): http.ClientRequest =>
    http.request({ socketPath, method: "PUT", headers, agent: false });

  it.each([
    ["with its length", (bytes: number) => ({ "Content-Length": bytes })],
    ["in chunks", () => ({ "Transfer-Encoding": "chunked" })],
  ])("brings a body %s, byte for byte", async (_how, headers) => {
    const sent = Array.from({ length: 300 }, (_, index) => randomBytes(1 + ((index * 7919) % 40_000)));
    const body = Buffer.concat(sent);
    const [from, asked] = [source(), put(headers(body.length))];
    pour(from, asked);
    for (const piece of sent) if (!from.write(piece)) await once(from, "drain");
    from.end();
    const [answer] = (await once(asked, "response")) as [http.IncomingMessage];
    expect((await answer.toArray()).join("")).toBe(createHash("sha256").update(body).digest("hex"));
  });

  it("makes one chunk of what came together", async () => {
    const [from, asked] = [source(), put({})];
    pour(from, asked);
    for (const letter of "abc") from.write(letter);
    from.end();
    const [answer] = (await once(asked, "response")) as [http.IncomingMessage];
    answer.resume();
    expect(pieces).toEqual(["abc"]);
  });
});
