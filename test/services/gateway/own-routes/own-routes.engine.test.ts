import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import {
  databaseSizes,
  serverSettings,
  serviceAccess,
  type ServiceAccess,
} from "../../../../spec/gateway-api";
import type { IssuedCertificate } from "../support/certificates";
import { tarOf } from "../../../support/workbench";
import { EXTRA_CA, OwnBench, RUNTIME } from "./own-bench";

let own: OwnBench;
let developer: IssuedCertificate;
let other: IssuedCertificate;

beforeAll(async () => {
  own = await OwnBench.start();
  developer = await own.client("01");
  other = await own.client("02");
});
afterAll(() => own.bench.dispose());

async function given(as: IssuedCertificate, body: Record<string, unknown>): Promise<ServiceAccess> {
  const answer = await own.access(as, body);
  expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  return serviceAccess.strict().parse(JSON.parse(answer.body));
}

const both = { app: "shop", postgres: true, redis: true };

describe("GET /berth/v1/settings", () => {
  it("says what a client must know, for the caller", async () => {
    const answer = await own.bench.ask(developer, "/berth/v1/settings");
    expect(answer.status).toBe(200);
    expect(serverSettings.strict().parse(JSON.parse(answer.body))).toMatchObject({
      ...{ prefix: own.prefix, stack: `${own.prefix}-dev`, developerId: "01", role: "developer" },
      ...{ domain: "apps.example", proxyUrl: "http://apps.example:8080" },
      images: { sync: `${own.prefix}-sync:latest` },
      limits: { quota: { containers: 50, volumes: 60 }, defaults: { memoryMb: 512 } },
      ports: { first: 20_100, last: 20_199, address: "127.0.0.1" },
      services: ["postgres", "redis"],
    });
    const operator = await own.client("boss", "operator");
    const { body } = await own.bench.ask(operator, "/berth/v1/settings");
    expect(JSON.parse(body)).toMatchObject({ developerId: "boss", role: "operator", ports: null });
  });

  it("is nobody's without a certificate, nor with one that is revoked", async () => {
    expect((await own.bench.ask(undefined, "/berth/v1/settings")).status).toBe(401);
    const leaver = await own.client("03");
    await own.bench.database.block(leaver, "revoked");
    await own.bench.until(async () => (await own.bench.ask(leaver, "/berth/v1/settings")).status === 403);
    expect((await own.access(leaver, both)).status).toBe(403);
  });

  it.each([
    ["POST", "/berth/v1/settings", 404],
    ["GET", "/berth/v2/settings", 404],
    ["GET", "/berth/v1/settings?all=1", 400],
    ["GET", "/berth/v1/../v1/settings", 400],
    ["GET", "/v1.41/berth/v1/settings", 403],
  ])("refuses %s %s", async (method, target, status) => {
    expect((await own.bench.ask(developer, target, { method })).status).toBe(status);
  });

  it("stands in the audit log like every request", async () => {
    await own.bench.ask(developer, "/berth/v1/settings");
    expect(own.bench.audited().at(-1)).toMatchObject({
      ...{ event: "ended", developerId: "01", route: "GET /berth/v1/settings" },
      ...{ object: "settings", decision: "allow", status: 200 },
    });
  });
});

describe("a build on the images that the settings name", () => {
  const dockerfile = `ARG BERTH_RUNTIME_IMAGE=berth-runtime-node
ARG BERTH_EXTRA_CA_IMAGE=berth-extra-ca:none
FROM \${BERTH_EXTRA_CA_IMAGE} AS extra-ca
FROM \${BERTH_RUNTIME_IMAGE} AS packages
COPY --from=extra-ca /extra-ca.pem /extra-ca.pem
RUN set -eu; if [ -s /extra-ca.pem ]; then cp /extra-ca.pem /packages; fi
FROM \${BERTH_RUNTIME_IMAGE} AS dev
COPY --from=packages /packages /packages
FROM packages AS runtime
CMD ["cat", "/packages"]
`;

  beforeAll(async () => {
    const { bench } = own.bench;
    await bench.docker(["tag", BASE_IMAGE, `${own.prefix}-${RUNTIME}`]);
    const archive = await tarOf({ "extra-ca.pem": "a certificate" });
    await bench.docker(["import", "-", `${own.prefix}-${EXTRA_CA}`], archive);
  });
  afterAll(async () => {
    const { bench } = own.bench;
    const built = ["dev", "runtime"].map((stage) => `${own.prefix}-tiny:dev-01-${stage}`);
    await bench.docker(["rmi", ...built, `${own.prefix}-${RUNTIME}`, `${own.prefix}-${EXTRA_CA}`]);
  });

  it.each(["dev", "runtime"])("makes the stage '%s', with both given as build arguments", async (stage) => {
    const settings = serverSettings.parse(
      JSON.parse((await own.bench.ask(developer, "/berth/v1/settings")).body),
    );
    const { stdout, stderr } = await own.docker(
      developer,
      [
        ...["build", "--quiet", "--target", stage, "--tag", `tiny:${stage}`],
        ...["--build-arg", `BERTH_RUNTIME_IMAGE=${settings.images.runtime.typescript}`],
        ...["--build-arg", `BERTH_EXTRA_CA_IMAGE=${settings.images.extraCa}`, "-"],
      ],
      await tarOf({ Dockerfile: dockerfile }),
    );
    expect(stderr).not.toMatch(/error|denied/i);
    expect(stdout).toMatch(/^sha256:[0-9a-f]{64}$/m);
    const { stdout: said } = await own.bench.bench.docker([
      ...["run", "--rm", "--network", "none", `${own.prefix}-tiny:dev-01-${stage}`, "cat", "/packages"],
    ]);
    expect(said).toBe("a certificate");
  });
});

describe("POST /berth/v1/service-access", () => {
  it("gives an app a database and keys of its own, which work", async () => {
    const { postgres, redis } = await given(developer, both);
    expect(postgres?.url).toMatch(new RegExp(`^postgres://shop_01:[\\w-]{43}@${own.postgres}:5432/shop_01$`));
    expect(redis?.url).toMatch(new RegExp(`^redis://shop\\.01:[\\w-]{43}@${own.redis}:6379/0$`));
    expect(redis?.keyPrefix).toBe("shop:01:");
    const table = await own.query(postgres?.url ?? "", "CREATE TABLE kept AS SELECT 42 AS answer");
    expect(table.stderr).toBe("");
    expect(await own.redisAnswer(redis?.url ?? "", "SET shop:01:a 1")).toBe("OK");
  });

  it("gives the same at the next call, also of a gateway that started anew, and keeps what is there", async () => {
    const before = await given(developer, both);
    expect(await given(developer, both)).toEqual(before);
    await own.bench.gateway.stop();
    await own.startGateway();
    expect(await given(developer, both)).toEqual(before);
    expect((await own.query(before.postgres?.url ?? "", "SELECT answer FROM kept")).stdout.trim()).toBe("42");
    expect(await own.redisAnswer(before.redis?.url ?? "", "GET shop:01:a")).toBe("1");
  });

  it("keeps another developer out, who gets the same app's access for themselves", async () => {
    const mine = await given(developer, both);
    const theirs = await given(other, both);
    expect(theirs.postgres?.url).toContain("//shop_02:");
    const across = (theirs.postgres?.url ?? "").replace(/shop_02$/, "shop_01");
    expect((await own.query(across, "SELECT 1")).stderr).toContain(
      'permission denied for database "shop_01"',
    );
    expect(await own.redisAnswer(theirs.redis?.url ?? "", "GET shop:01:a")).toContain("NOPERM");
    expect(mine.postgres?.url.split("@")[0]).not.toBe(theirs.postgres?.url.split("@")[0]);
  });

  it("mends what was locked, taken away or changed", async () => {
    const { postgres, redis } = await given(developer, both);
    await own.bench.bench.exec(
      own.postgres,
      ["psql", "-X", "-U", "postgres"],
      `ALTER ROLE shop_01 NOLOGIN PASSWORD NULL; GRANT CONNECT ON DATABASE shop_01 TO PUBLIC;`,
    );
    await own.bench.bench.exec(own.redis, ["/usr/local/bin/berth-redis-cli"], "ACL DELUSER shop.01\n");
    expect((await own.query(postgres?.url ?? "", "SELECT 1")).stderr).not.toBe("");
    await given(developer, both);
    expect((await own.query(postgres?.url ?? "", "SELECT answer FROM kept")).stdout.trim()).toBe("42");
    expect(await own.redisAnswer(redis?.url ?? "", "GET shop:01:a")).toBe("1");
    const theirs = await given(other, both);
    const across = (theirs.postgres?.url ?? "").replace(/shop_02$/, "shop_01");
    expect((await own.query(across, "SELECT 1")).stderr).toContain("permission denied");
  });

  it("is safe when many ask for the same at once, and for different ones", async () => {
    const same = Array.from({ length: 4 }, () =>
      given(developer, { app: "new-app", postgres: true, redis: true }),
    );
    const others = ["a", "b", "c"].map((app) => given(other, { app, postgres: true }));
    const answers = await Promise.all(same);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    for (const { postgres } of [...answers.slice(0, 1), ...(await Promise.all(others))])
      expect((await own.query(postgres?.url ?? "", "SELECT 'in'")).stdout.trim()).toBe("in");
  });

  it("is quick where everything is there", async () => {
    const times: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const startedMs = performance.now();
      await given(developer, both);
      times.push(performance.now() - startedMs);
    }
    times.sort((a, b) => a - b);
    // 300 ms on a quiet machine; other tests run beside this one.
    expect(times[4]).toBeLessThan(900);
  });

  it("gives one developer only so many databases, and tells which they are and how large", async () => {
    const greedy = await own.client("04");
    for (const app of ["a1", "a2", "a3"]) await given(greedy, { app, postgres: true });
    const both = await Promise.all(["a4", "a5"].map((app) => own.access(greedy, { app, postgres: true })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    const refused = both.find(({ status }) => status === 403);
    expect(refused?.message).toMatch(
      /developer 04 has 4 databases, which is the limit, so that 'a[45]' gets none/,
    );
    expect((await own.access(greedy, { app: "a1", postgres: true })).status).toBe(200);
    expect((await own.access(greedy, { app: "a6", redis: true })).status).toBe(200);
    const { body } = await own.bench.ask(greedy, "/berth/v1/databases");
    const { databases } = databaseSizes.strict().parse(JSON.parse(body));
    expect(databases.map(({ name }) => name)).toEqual([
      "a1_04",
      "a2_04",
      "a3_04",
      expect.stringMatching(/^a[45]_04$/),
    ]);
    for (const { bytes } of databases) expect(bytes).toBeGreaterThan(1_000_000);
  });

  it("writes the app into the audit log, and no password", async () => {
    const { postgres } = await given(developer, { app: "shop", postgres: true });
    expect(own.bench.audited().at(-1)).toMatchObject({
      ...{ route: "POST /berth/v1/service-access", status: 200, developerId: "01" },
      object: `service-access ${own.prefix}-dev-01-shop postgres`,
    });
    const password = /:([^:@]+)@/.exec(postgres?.url ?? "")?.[1] ?? "none";
    expect(JSON.stringify(own.bench.audited())).not.toContain(password);
  });

  it("leaves alone what the stack runs, and says so", async () => {
    const stackMade = `${own.prefix}-dev-01-ledger`;
    await own.bench.bench.docker(["create", "--name", stackMade, BASE_IMAGE, "true"]);
    try {
      const answer = await own.access(developer, { app: "ledger", redis: true });
      expect(answer.status).toBe(409);
      expect(answer.message).toContain(`run by the stack as container ${stackMade}`);
      await own.bench.bench.docker(["rm", stackMade]);
      const via = ["--label", "berth.via=gateway"];
      await own.bench.bench.docker(["create", "--name", stackMade, ...via, BASE_IMAGE, "true"]);
      expect((await own.access(developer, { app: "ledger", redis: true })).status).toBe(200);
    } finally {
      await own.bench.bench.docker(["rm", "--force", stackMade]);
    }
  });

  it.each([
    ["another environment", { app: "shop", environment: "tst" }, /environment: must be 'dev'/],
    ["another developer", { app: "shop", developerId: "02" }, /developerId/],
    ["a name that is none", { app: "shop'; DROP" }, /app: must be lower-case/],
    ["two hyphens", { app: "a--b" }, /app: /],
    ["a role of Postgres's own", { app: "pg" }, /belongs to the server itself/],
    ["no app", {}, /app: /],
  ])("refuses %s", async (_what, body, problem) => {
    const answer = await own.access(developer, { postgres: true, ...body });
    expect(answer.status).toBe(400);
    expect(answer.message).toMatch(problem);
  });

  it("refuses a body that is no JSON, or too long", async () => {
    const ask = (headers: Record<string, string>, body: string) =>
      own.bench.ask(developer, "/berth/v1/service-access", { method: "POST", headers, body });
    expect((await ask({ "Content-Type": "text/plain" }, `{"app":"shop"}`)).status).toBe(400);
    expect((await ask({ "Content-Type": "application/json" }, `{"app":"a","app":"b"}`)).status).toBe(400);
    expect((await ask({ "Content-Type": "application/json" }, " ".repeat(5000))).status).toBe(413);
  });

  it("says what is wrong where the service is not running", async () => {
    await own.bench.bench.docker(["stop", "--time", "5", own.redis]);
    const answer = await own.access(developer, { app: "shop", redis: true });
    await own.bench.bench.docker(["start", own.redis]);
    expect(answer.status).toBe(503);
    expect(answer.message).toContain(`${own.redis} was not ready after 10 s`);
    // The next call waits for the start.
    expect(await given(developer, both)).toHaveProperty("redis");
  });
});
