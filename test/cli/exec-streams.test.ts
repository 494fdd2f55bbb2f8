import { PassThrough, Readable, Writable } from "node:stream";
import { demultiplex } from "../../cli/exec/demultiplex";
import { sinceSeconds } from "../../cli/exec/since";

/** A frame as the engine writes it. */
function frame(stream: 1 | 2, text: string): Buffer {
  const content = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(content.length, 4);
  return Buffer.concat([header, content]);
}

const WIRE = Buffer.concat([
  frame(1, "one "),
  frame(2, "wrong: ü "),
  frame(1, ""),
  frame(1, "x".repeat(70_000)),
  frame(2, "end"),
]);

/** What comes out where the wire is cut into pieces of a size. */
async function taken(pieceBytes: number): Promise<string[]> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < WIRE.length; at += pieceBytes) pieces.push(WIRE.subarray(at, at + pieceBytes));
  const outputs = [new PassThrough({ highWaterMark: 1e6 }), new PassThrough({ highWaterMark: 1e6 })] as const;
  await demultiplex(Readable.from(pieces), ...outputs);
  return outputs.map((output) => (output.read() as Buffer).toString());
}

describe("the engine's stream", () => {
  it.each([1, 3, 7, 8, 9, 1000, 1e6])("comes apart whole, in pieces of %i bytes", async (pieceBytes) => {
    const [out, err] = await taken(pieceBytes);
    expect(out).toBe(`one ${"x".repeat(70_000)}`);
    expect(err).toBe("wrong: ü end");
  });

  it("waits for a slow reader", async () => {
    let given = 0;
    const source = Readable.from(
      (function* () {
        for (; given < 100; given += 1) yield frame(1, "x".repeat(1000));
      })(),
    );
    const release: (() => void)[] = [];
    const slow = new Writable({ highWaterMark: 1, write: (_, __, done) => void release.push(done) });
    const done = demultiplex(source, slow, slow);
    await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeLessThan(30);
    const pump = setInterval(() => release.shift()?.(), 0);
    await done;
    clearInterval(pump);
    expect(given).toBe(100);
  });
});

describe("--since", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  it.each([
    ["10m", "2026-11-21T09:50:00Z"],
    ["1h30m", "2026-11-21T08:30:00Z"],
    ["2d", "2026-11-19T10:00:00Z"],
    ["45s", "2026-11-21T09:59:15Z"],
    ["2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"],
    ["2026-11-20", "2026-11-20T00:00:00Z"],
  ])("takes %s", (text, moment) => {
    expect(sinceSeconds(text, now)).toBe(Date.parse(moment) / 1000);
  });

  it.each(["", "10", "yesterday", "10 m", "2026-13-45"])("refuses '%s' with what it could be", (text) => {
    expect(() => sinceSeconds(text, now)).toThrow("1h30m");
  });
});
