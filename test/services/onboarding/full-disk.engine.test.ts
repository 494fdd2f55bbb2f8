import { Lab, type Replica } from "./lab";
import { quickRequest } from "./request-builder";

/** Room for an empty cluster and little more. */
const DISK_MB = 160;
const FILLER = "/var/lib/berth/postgres/filler";
const DEVELOPERS = 60;

let lab: Lab;
let replica: Replica;
beforeAll(async () => {
  lab = await Lab.start(DISK_MB);
  replica = await lab.replica();
});
afterAll(() => lab.dispose());

const inPostgres = (script: string) => lab.bench.exec(lab.postgres, ["sh", "-c", script]);

describe("when the disk of the identity database is full", () => {
  it("nobody gets a certificate that is not stored, the answer says so, and all goes on once there is room", async () => {
    const redemptions = await Promise.all(
      Array.from({ length: DEVELOPERS }, async (_, index) => {
        const devId = `f${index}`;
        return { devId, pin: await lab.pin(devId), csr: quickRequest().csrPem };
      }),
    );
    const filled = await inPostgres(`cat /dev/zero >${FILLER}`);
    expect(filled.stderr).toContain("No space left on device");

    const first = await Promise.all(
      redemptions.map(({ devId, pin, csr }) => lab.issue(replica, devId, pin, csr)),
    );
    const refused = first.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([answer.status, answer.json.code]).toEqual([503, "unavailable"]);
      expect(answer.json.message).toMatch(/Try again with the same key: nothing is lost/);
    }
    expect(replica.log()).toMatch(/No space left on device/);
    expect(replica.process.exitCode).toBeNull();

    await inPostgres(`rm ${FILLER}`);
    await lab.waitUntilReady(replica);
    for (const [index, { devId, pin, csr }] of redemptions.entries()) {
      const again = await lab.issue(replica, devId, pin, csr);
      expect(again.status).toBe(200);
      // Who was answered before gets the same certificate again.
      if (first[index]?.status === 200) expect(again.json).toEqual(first[index].json);
      expect(await lab.sql(`SELECT serial FROM certificate WHERE developer_id = '${devId}'`)).toHaveLength(1);
    }
  });
});
