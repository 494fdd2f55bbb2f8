import { randomBytes } from "node:crypto";
import { throwAwayAccess, type ThrowAwayAccess } from "../../../../spec/gateway-api";
import { newThrowAwayId } from "../../../../services/gateway/own-routes/throw-away-id";
import { BASE_IMAGE } from "../../../../scripts/base-image-parts/names";
import type { IssuedCertificate } from "../support/certificates";
import type { Answer } from "../support/gateway-bench";
import { OwnBench } from "./own-bench";

const PATH = "/berth/v1/throw-away-access";
let own: OwnBench;
let ci: IssuedCertificate;
let postgres = "";
let redis = "";

beforeAll(async () => {
  own = await OwnBench.start();
  ci = await own.client("ci1", "ci");
  const { bench } = own.bench;
  // Both images are built for the services of dev.
  const labels = { "berth.stack": `${own.prefix}-tst`, "berth.env": "tst", "berth.owner": "shared" };
  const secrets = (name: string) => ({ labels, secrets: { [name]: randomBytes(16).toString("hex") } });
  [postgres, redis] = await Promise.all([
    bench.start("tst-postgres", `${own.prefix}-postgres`, secrets("postgres-superuser-password")),
    bench.start("tst-redis", `${own.prefix}-redis`, secrets("redis-admin-password")),
  ]);
  await Promise.all([bench.waitUntilHealthy(postgres), bench.waitUntilHealthy(redis)]);
});
afterAll(() => own.bench.dispose());

const ask = (as: IssuedCertificate, body: object, path = PATH): Promise<Answer> =>
  own.bench.ask(as, path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

async function given(body: object): Promise<ThrowAwayAccess> {
  const answer = await ask(ci, body);
  expect(answer).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  return throwAwayAccess.strict().parse(JSON.parse(answer.body));
}

const query = async (url: string, sql: string) => {
  const local = url.replace(`@${postgres}:`, "@127.0.0.1:");
  return own.bench.bench.exec(postgres, ["psql", "-X", "-t", "-A", "-c", sql, local]);
};
const answerOf = async (url: string, command: string): Promise<string> => {
  const client = ["redis-cli", "-u", url.replace(`@${redis}:`, "@127.0.0.1:"), "--no-auth-warning"];
  return (await own.bench.bench.exec(redis, client, `${command}\n`)).stdout.trim();
};
const asAdmin = async (command: string): Promise<string> =>
  (await own.bench.bench.exec(redis, ["/usr/local/bin/berth-redis-cli"], `${command}\n`)).stdout;
const databases = async (): Promise<string> => {
  const sql = "SELECT datname FROM pg_database UNION ALL SELECT rolname FROM pg_roles";
  return (await own.bench.bench.exec(postgres, ["psql", "-X", "-t", "-U", "postgres", "-c", sql])).stdout;
};

it("gives a database and keys that are nobody else's, and takes them away with all that is in them", async () => {
  const [one, two] = await Promise.all([given({ postgres: true, redis: true }), given({ postgres: true })]);
  expect(two.redis).toBeUndefined();
  expect(one.id).not.toBe(two.id);
  const url = one.postgres?.url ?? "";
  expect((await query(url, "CREATE TABLE t AS SELECT 42 AS answer; SELECT answer FROM t")).stdout).toContain(
    "42",
  );
  const across = url.replace(/[^/]+$/, `once_${two.id}`);
  expect((await query(across, "SELECT 1")).stderr).toContain("permission denied");
  const key = `${one.redis?.keyPrefix}a`;
  expect(await answerOf(one.redis?.url ?? "", `SET ${key} 1`)).toBe("OK");
  expect(await answerOf(one.redis?.url ?? "", "SET shop:shared:a 1")).toContain("NOPERM");

  expect((await ask(ci, { id: one.id }, `${PATH}/end`)).status).toBe(200);
  expect(await databases()).not.toContain(one.id);
  expect(await databases()).toContain(`once_${two.id}`);
  expect(await asAdmin("ACL USERS")).not.toContain(one.id);
  expect(await asAdmin(`EXISTS ${key}`)).toMatch(/^0/);
  // Once more is no mistake: its answer may have been lost.
  expect((await ask(ci, { id: one.id }, `${PATH}/end`)).status).toBe(200);
  expect((await ask(ci, { id: two.id }, `${PATH}/end`)).status).toBe(200);
});

it("ends nobody else's, and is not a developer's", async () => {
  const { id } = await given({ postgres: true });
  const other = await own.client("ci2", "ci");
  expect((await ask(other, { id }, `${PATH}/end`)).status).toBe(404);
  expect((await ask(ci, { id: `${id.slice(0, -1)}!` }, `${PATH}/end`)).status).toBe(400);
  const developer = await own.client("01");
  expect(await ask(developer, { postgres: true })).toMatchObject({ status: 403 });
  expect((await ask(developer, { id }, `${PATH}/end`)).message).toContain("by the roles ci and operator");
  expect((await ask(ci, { id }, `${PATH}/end`)).status).toBe(200);
});

it("removes what a killed client left, once no container has it; and nothing of an app called once", async () => {
  const { bench } = own.bench;
  const old = (): string => newThrowAwayId("any key", "ci1", Date.now() - 600_000);
  const [left, used, young] = [old(), old(), newThrowAwayId("any key", "ci1")];
  const make = [left, used, young, "shared"].map(
    (id) => `CREATE DATABASE once_${id}; CREATE ROLE once_${id};`,
  );
  for (const sql of make.join("").split(";").filter(Boolean))
    await bench.exec(postgres, ["psql", "-X", "-U", "postgres", "-c", sql]);
  await asAdmin(`ACL SETUSER once.${left} on ~once:${left}:*`);
  await asAdmin(`SET once:${left}:a 1`);
  const container = `${own.prefix}-tst-ci1-shop-once-${used}`;
  await bench.docker(["create", "--name", container, BASE_IMAGE, "true"]);
  try {
    const { id } = await given({ postgres: true, redis: true });
    await own.bench.until(async () => !(await asAdmin("ACL USERS")).includes(left));
    const names = await databases();
    expect(names).not.toContain(left);
    for (const kept of [used, young, "shared"])
      expect(names.match(RegExp(`once_${kept}`, "g"))).toHaveLength(2);
    expect(await asAdmin(`EXISTS once:${left}:a`)).toMatch(/^0/);
    await ask(ci, { id }, `${PATH}/end`);
  } finally {
    await bench.docker(["rm", container]);
  }
});

it("says which container of tst is not there, and what brings it; a stranger of its name does not do", async () => {
  const { bench } = own.bench;
  await bench.docker(["rename", redis, `${redis}-away`]);
  await bench.docker(["create", "--name", redis, BASE_IMAGE, "true"]);
  try {
    const answer = await ask(ci, { redis: true });
    expect(answer.status).toBe(404);
    expect(answer.message).toContain(`there is no ${redis} of the stack's on this host; 'make up ENV=tst'`);
  } finally {
    await bench.docker(["rm", redis]);
    await bench.docker(["rename", `${redis}-away`, redis]);
  }
});
