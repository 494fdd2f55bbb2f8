import fc from "fast-check";
import { parseArguments } from "../../../services/provision/arguments";

const postgres = ["postgres-role", "--container", "pg", "--role", "shop_01", "--database", "shop_01"];
const redis = ["redis-user", "--container", "rd", "--user", "ledger_01", "--key-prefix", "ledger:01:"];

function changed(argv: string[], option: string, value: string): string[] {
  const result = [...argv];
  result.splice(result.indexOf(`--${option}`), 2, `--${option}=${value}`);
  return result;
}

describe("the command line of provision", () => {
  it("describes a Postgres role", () => {
    expect(parseArguments(postgres)).toEqual({
      kind: "postgres-role",
      container: "pg",
      role: "shop_01",
      database: "shop_01",
      remove: false,
      timeoutSeconds: 60,
    });
  });

  it("describes a Redis user, here one to remove", () => {
    expect(parseArguments([...redis, "--remove", "--timeout-seconds", "5"])).toEqual({
      kind: "redis-user",
      container: "rd",
      user: "ledger_01",
      keyPrefix: "ledger:01:",
      remove: true,
      timeoutSeconds: 5,
    });
  });

  it("names all problems and how it is called", () => {
    expect(() => parseArguments(["postgres-role"])).toThrow(/--container.*--role.*--database[^]*usage:/);
    expect(() => parseArguments([])).toThrow(/postgres-role", "redis-user" or "settle"/);
    expect(() => parseArguments([...postgres, "--unknown"])).toThrow(/--unknown[^]*usage:/);
  });

  it.each(["Shop", "1shop", 'a"b', "a;b", "a b", "a-b", "", "a".repeat(64), "postgres", "pg_read_all_data"])(
    "refuses %j as a role",
    (role) => {
      expect(() => parseArguments(changed(postgres, "role", role))).toThrow(/--role/);
    },
  );

  it.each(["template1", "postgres", "a'b", "a\nb"])("refuses %j as a database", (database) => {
    expect(() => parseArguments(changed(postgres, "database", database))).toThrow(/--database/);
  });

  it.each(["default", "berth-admin", "a b", "a\nACL", "~*", ""])("refuses %j as a Redis user", (user) => {
    expect(() => parseArguments(changed(redis, "user", user))).toThrow(/--user/);
  });

  it.each(["*", "shop", "*:", "a[b]:", "a:b", "a b:", ":", "a?:"])("refuses %j as a key prefix", (prefix) => {
    expect(() => parseArguments(changed(redis, "key-prefix", prefix))).toThrow(/--key-prefix/);
  });

  it("reads a limit of processes and refuses one that is no whole number", () => {
    const argv = ["settle", "--container", "berth-dev-redis", "--limit"];
    expect(parseArguments([...argv, "64"])).toMatchObject({
      kind: "settle",
      container: "berth-dev-redis",
      limit: 64,
    });
    expect(() => parseArguments([...argv, "many"])).toThrow("--limit must be a whole number from 1");
  });

  it("lets through no name that could end its quotes or add a word to a command", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (first, second) => {
        for (const argv of [
          changed(changed(postgres, "role", first), "database", second),
          changed(changed(redis, "user", first), "key-prefix", second),
        ]) {
          try {
            const request = parseArguments(argv);
            const names =
              request.kind === "postgres-role"
                ? [request.role, request.database]
                : request.kind === "redis-user"
                  ? [request.user, request.keyPrefix]
                  : [];
            for (const name of names) expect(name).toMatch(/^[\w.:-]+$/);
          } catch (error) {
            expect((error as Error).message).toContain("usage:");
          }
        }
      }),
    );
  });
});
