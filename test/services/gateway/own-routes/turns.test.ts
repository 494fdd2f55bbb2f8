import { setImmediate as soon } from "node:timers/promises";
import { Turns } from "../../../../services/gateway/own-routes/turns";

/** Work that ends when it is told to. */
function held(): { work: () => Promise<string>; begun: () => boolean; end: () => void } {
  let begun = false;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async (): Promise<string> => {
    begun = true;
    await ended;
    return "done";
  };
  return { work, begun: () => begun, end: () => end() };
}

describe("taking turns", () => {
  it("lets a developer do so many things at once, and the next when one has ended", async () => {
    const turns = new Turns(2, 10);
    const things = [held(), held(), held()];
    const results = things.map(({ work }) => turns.take("01", work));
    await soon();
    expect(things.map(({ begun }) => begun())).toEqual([true, true, false]);
    things[0]!.end();
    await expect(results[0]).resolves.toBe("done");
    await soon();
    expect(things[2]!.begun()).toBe(true);
    for (const { end } of things) end();
    await expect(Promise.all(results)).resolves.toEqual(["done", "done", "done"]);
  });

  it("keeps no developer waiting for another", async () => {
    const turns = new Turns(1, 10);
    const mine = held();
    const first = turns.take("01", mine.work);
    await expect(turns.take("02", () => Promise.resolve("theirs"))).resolves.toBe("theirs");
    mine.end();
    await first;
  });

  it("refuses what would wait behind too much", async () => {
    const turns = new Turns(1, 1);
    const things = [held(), held()];
    const results = things.map(({ work }) => turns.take("01", work));
    await expect(turns.take("01", () => Promise.resolve("late"))).resolves.toMatchObject({ status: 429 });
    for (const { end } of things) end();
    await Promise.all(results);
  });

  it("gives the turn on when the work fails", async () => {
    const turns = new Turns(1, 1);
    await expect(turns.take("01", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(turns.take("01", () => Promise.resolve("yes"))).resolves.toBe("yes");
  });
});
