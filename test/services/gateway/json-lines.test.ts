import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { changedJson, JsonLines } from "../../../services/gateway/transport/json-lines";

const through = (chunks: string[], change: (event: unknown) => unknown): Promise<string> =>
  text(Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(new JsonLines(change)));

describe("a stream of JSON lines", () => {
  it("passes unchanged values byte for byte, with integers that a number cannot hold", async () => {
    const line = '{"timeNano":1763731234123456789, "Action":"start"}\n';
    expect(await through([line], (event) => event)).toBe(line);
  });

  it("drops and replaces values, wherever the chunks are cut", async () => {
    const lines = '{"n":1}\r\n{"n":2}\n\n{"n":3}';
    const change = (event: unknown): unknown => {
      const { n } = event as { n: number };
      return n === 2 ? undefined : n === 3 ? { n: 30 } : event;
    };
    for (let cut = 0; cut <= lines.length; cut++) {
      expect(await through([lines.slice(0, cut), lines.slice(cut)], change)).toBe('{"n":1}\r\n{"n":30}\n');
    }
  });

  it("notices a value that was changed in place", async () => {
    const change = (event: unknown): unknown => Object.assign(event as object, { secret: undefined });
    expect(await through(['{"a":1,"secret":"x"}\n'], change)).toBe('{"a":1}\n');
  });

  it("fails on what is not JSON instead of passing it", async () => {
    await expect(through(["oops\n"], (event) => event)).rejects.toThrow(SyntaxError);
  });
});

describe("one JSON text", () => {
  it("stays as it is where nothing changes", () => {
    expect(changedJson(' {"a": 9007199254740993}', (value) => value)).toBe(' {"a": 9007199254740993}');
    expect(changedJson('{"a":1}', () => undefined)).toBeUndefined();
    expect(changedJson("[1,2]", (list) => (list as number[]).slice(1))).toBe("[2]");
  });
});
