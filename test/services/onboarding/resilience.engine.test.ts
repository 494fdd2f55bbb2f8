import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./https";
import { Lab, type Replica } from "./lab";
import { quickRequest } from "./request-builder";

let lab: Lab;
let one: Replica;
let two: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  [one, two] = await Promise.all([lab.replica(), lab.replica()]);
});
afterAll(() => lab.dispose());

const newCsr = (): string => quickRequest().csrPem;
const certificatesOf = (devId: string): Promise<object[]> =>
  lab.sql(`SELECT serial FROM certificate WHERE developer_id = '${devId}'`);

async function untilAnswered(ask: () => Promise<Answer>, withinMs = 20_000): Promise<Answer> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer.status !== 503 || Date.now() > deadline) return answer;
    await sleep(200);
  }
}

describe("a replica that is killed", () => {
  it("after it took the PIN and before the certificate is stored leaves the PIN open", async () => {
    const victim = await lab.replica();
    const pin = await lab.pin("03");
    // The insert waits for this lock; the PIN's row is taken before it.
    const blocker = await lab.connect();
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE certificate IN SHARE MODE");
    const lost = lab.issue(victim, "03", pin, newCsr()).catch(() => "no answer");
    await untilTrue("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'certificate'::regclass");
    await lab.end(victim, "SIGKILL");
    await blocker.query("ROLLBACK");
    expect(await lost).toBe("no answer");
    expect(await certificatesOf("03")).toEqual([]);
    expect((await lab.issue(one, "03", pin, newCsr())).status).toBe(200);
    expect(await certificatesOf("03")).toHaveLength(1);
  });

  it("while Postgres commits leaves a certificate that only the same key gets", async () => {
    const victim = await lab.replica();
    const pin = await lab.pin("04");
    await lab.sql(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.developer_id = '04' THEN PERFORM pg_sleep(1.5); END IF; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER slow_commit AFTER INSERT ON certificate DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION slowly()`);
    const csr = newCsr();
    const lost = lab.issue(victim, "04", pin, csr).catch(() => "no answer");
    await untilTrue("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query = 'COMMIT'");
    await lab.end(victim, "SIGKILL");
    expect(await lost).toBe("no answer");
    expect((await lab.issue(one, "04", pin, newCsr())).status).toBe(403);
    const again = await lab.issue(two, "04", pin, csr);
    expect(again.status).toBe(200);
    expect(await certificatesOf("04")).toHaveLength(1);
    await lab.sql("DROP TRIGGER slow_commit ON certificate; DROP FUNCTION slowly");
  });

  it("at random moments never leaves a PIN with two certificates, or one without its PIN", async () => {
    for (let round = 0; round < 3; round++) {
      const victim = await lab.replica();
      const devIds = Array.from({ length: 12 }, (_, index) => `k${round}x${index}`);
      const pins = await Promise.all(devIds.map((devId) => lab.pin(devId)));
      const csrs = devIds.map(newCsr);
      const ask = (replica: Replica): Promise<(Answer | undefined)[]> =>
        Promise.all(
          devIds.map((devId, index) =>
            lab.issue(replica, devId, pins[index] ?? "", csrs[index] ?? "").catch(() => undefined),
          ),
        );
      const first = ask(victim);
      await sleep(30 + round * 40);
      await lab.end(victim, "SIGKILL");
      const before = await first;
      const after = await ask(one);
      for (const [index, devId] of devIds.entries()) {
        expect(after[index]?.status).toBe(200);
        if (before[index] !== undefined) expect(after[index]?.json).toEqual(before[index].json);
        expect(await certificatesOf(devId)).toHaveLength(1);
      }
    }
  });

  it("by SIGTERM answers what has begun and ends with 0", async () => {
    const stopped = await lab.replica();
    const pin = await lab.pin("05");
    const blocker = await lab.connect();
    await blocker.query("BEGIN");
    await blocker.query("LOCK TABLE certificate IN SHARE MODE");
    const begun = lab.issue(stopped, "05", pin, newCsr());
    await untilTrue("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'certificate'::regclass");
    const ended = lab.end(stopped);
    await sleep(200);
    await blocker.query("ROLLBACK");
    expect((await begun).status).toBe(200);
    expect(await ended).toBe(0);
    expect(stopped.log()).toContain('"message":"stopped"');
  });
});

describe("when Postgres", () => {
  it("restarts, the service goes on by itself", async () => {
    const pin = await lab.pin("06");
    await lab.bench.docker(["restart", lab.postgres]);
    const csr = newCsr();
    expect((await untilAnswered(() => lab.issue(one, "06", pin, csr))).status).toBe(200);
    await lab.waitUntilReady(two);
  });

  it("ends all connections, the next request is answered, and nothing crashed", async () => {
    await lab.sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'onboarding'",
    );
    const pin = await lab.pin("07").catch(() => lab.pin("07"));
    expect((await untilAnswered(() => lab.issue(one, "07", pin, newCsr()))).status).toBe(200);
    expect(one.process.exitCode).toBeNull();
  });

  it("hangs, the answer is a clear 503 within seconds, and the service goes on afterwards", async () => {
    const pin = await lab.pin("08");
    const csr = newCsr();
    await lab.bench.docker(["pause", lab.postgres]);
    const startedMs = Date.now();
    const answer = await lab.issue(one, "08", pin, csr);
    expect([answer.status, answer.json.code]).toEqual([503, "unavailable"]);
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
    expect(Date.now() - startedMs).toBeLessThan(10_000);
    expect((await lab.get(one, "/health")).status).toBe(200);
    const ready = await lab.get(one, "/ready");
    expect([ready.status, ready.json.status]).toEqual([503, "not ready"]);
    await lab.bench.docker(["unpause", lab.postgres]);
    expect((await untilAnswered(() => lab.issue(one, "08", pin, csr))).status).toBe(200);
    expect(await certificatesOf("08")).toHaveLength(1);
  });

  it("comes after the service, requests are answered with 503 until then", async () => {
    await lab.bench.docker(["stop", lab.postgres]);
    const early = await lab.replica({}, { waitUntilReady: false });
    const health = async (): Promise<number> =>
      (await lab.get(early, "/health").catch(() => undefined))?.status ?? 0;
    while ((await health()) !== 200) await sleep(100);
    expect((await lab.get(early, "/ready")).status).toBe(503);
    expect((await lab.issue(early, "09", "00000-00000", newCsr())).json.code).toBe("unavailable");
    expect(early.log()).toContain("the database is not available yet");
    await lab.end(early);
  });
});

async function untilTrue(query: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await lab.sql(query)).length === 0) {
    if (Date.now() > deadline) throw new Error(`never came: ${query}`);
    await sleep(20);
  }
}
