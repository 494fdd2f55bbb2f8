import type { Answer } from "./https";
import { Lab, type Replica } from "./lab";
import { quickRequest } from "./request-builder";

let lab: Lab;
let one: Replica;
let two: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  // Together, so that both want to migrate.
  [one, two] = await Promise.all([lab.replica(), lab.replica()]);
});
afterAll(() => lab.dispose());

const newCsr = (): string => quickRequest().csrPem;
const certificatesOf = (devId: string): Promise<object[]> =>
  lab.sql(`SELECT serial FROM certificate WHERE developer_id = '${devId}'`);

/** How often each status came. */
function tally(answers: Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe("two replicas", () => {
  it("migrate an empty database once, though they start together", async () => {
    expect(await lab.sql("SELECT version FROM schema_migration")).toEqual([{ version: 1 }]);
  });

  it("give one certificate for 1,000 simultaneous redemptions of one PIN", async () => {
    const pin = await lab.pin("01");
    // Few keys, because it is the PIN that they race for: 1,000 of them would only measure this test's own signing.
    const requests = Array.from({ length: 50 }, newCsr);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        lab.issue(index % 2 === 0 ? one : two, "01", pin, requests[index % requests.length] ?? ""),
      ),
    );
    // The same key again is the same answer: at most 20 of them have the key that won. 503 is a crowd too large for this machine.
    const given = answers.filter(({ status }) => status === 200);
    expect(given.length).toBeLessThanOrEqual(20);
    expect(answers.filter(({ status }) => ![200, 403, 503].includes(status))).toEqual([]);
    expect(await certificatesOf("01")).toHaveLength(1);

    const again = await Promise.all(requests.map((csr) => lab.issue(one, "01", pin, csr)));
    expect(tally(again)).toEqual({ 200: 1, 403: 49 });
    const [winner] = again.filter(({ status }) => status === 200);
    for (const { json } of given) expect(json).toEqual(winner?.json);
    expect(await certificatesOf("01")).toHaveLength(1);
  });

  it("count wrong tries together, however many come at once", async () => {
    const pin = await lab.pin("02");
    const wrong = Array.from({ length: 40 }, (_, index) =>
      lab.issue(index % 2 === 0 ? one : two, "02", "00000-00000", newCsr()),
    );
    await Promise.all(wrong);
    expect((await lab.issue(one, "02", pin, newCsr())).status).toBe(403);
    expect(await lab.sql("SELECT wrong_tries FROM pin WHERE developer_id = '02'")).toEqual([
      { wrong_tries: 5 },
    ]);
  });
});
