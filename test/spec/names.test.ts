import fc from "fast-check";
import * as fs from "node:fs";
import { environments } from "../../policy/rules";
import {
  databaseName,
  devImageName,
  hostName,
  instanceKey,
  instanceName,
  labels,
  RESERVED_OWNERS,
  redisNames,
  sharedName,
  type Instance,
  type Scope,
} from "../../spec/names";

/** Names as the config and the manifest allow them, up to their full length. */
const app = fc.stringMatching(/^[a-z](-?[a-z0-9]){0,27}$/).filter((name) => name.length <= 28);
const developerId = fc.stringMatching(/^[a-z0-9]{1,16}$/).filter((id) => !RESERVED_OWNERS.includes(id));
const instance: fc.Arbitrary<Instance> = fc.record({ app, developerId });
/** Short enough for the longest app of the longest developer id: the config's limits together can pass 63 characters. */
const prefix = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const scope: fc.Arbitrary<Scope> = fc.record({ prefix, environment: fc.constantFrom(...environments) });

/** Docker's own rule for a container's name, and the rule for one label of a host name (RFC 1035). */
const DOCKER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

describe("physical names", () => {
  it("are what the outputs document says", () => {
    const dev: Scope = { prefix: "berth", environment: "dev" };
    expect(sharedName(dev, "postgres")).toBe("berth-dev-postgres");
    expect(instanceName(dev, { app: "shop", developerId: "01" })).toBe("berth-dev-01-shop");
    expect(instanceName({ ...dev, environment: "tst" }, { app: "shop" })).toBe("berth-tst-shared-shop");
    expect(hostName(dev, { app: "shop", developerId: "01" }, "localhost")).toBe("shop.01.localhost");
    expect(hostName({ ...dev, environment: "tst" }, { app: "shop" }, "localhost")).toBe("shop.tst.localhost");
    expect(instanceKey({ app: "shop", developerId: "01" })).toBe("01/shop");
    expect(devImageName(dev, { app: "shop", developerId: "01" })).toBe("shop:dev-01-latest");
  });

  it("are valid for Docker and as a host name, whatever the config allows", () => {
    fc.assert(
      fc.property(scope, instance, (where, what) => {
        const name = instanceName(where, what);
        expect(name).toMatch(DOCKER_NAME);
        expect(name).toMatch(HOST_LABEL);
      }),
    );
  });

  it("of two instances in one installation differ", () => {
    fc.assert(
      fc.property(scope, instance, instance, (where, one, other) => {
        fc.pre(!same(one, other));
        expect(instanceName(where, one)).not.toBe(instanceName(where, other));
        expect(devImageName(where, one)).not.toBe(devImageName(where, other));
        expect(instanceKey(one)).not.toBe(instanceKey(other));
      }),
    );
  });

  it("of one instance in two environments differ", () => {
    fc.assert(
      fc.property(prefix, instance, (installation, what) => {
        const names = environments.map((environment) =>
          instanceName({ prefix: installation, environment }, what),
        );
        expect(new Set(names).size).toBe(environments.length);
      }),
    );
  });

  it("of an instance are never those of a shared service", () => {
    const roles = fs.readdirSync("images");
    fc.assert(
      fc.property(scope, instance, fc.constantFrom(...roles), (where, what, role) => {
        expect(instanceName(where, what)).not.toBe(sharedName(where, role));
      }),
    );
    for (const role of roles) expect(RESERVED_OWNERS).toContain(role.split("-")[0]);
  });

  it("longer than a DNS label are refused with the name and the fix", () => {
    expect(() =>
      instanceName(
        { prefix: "p".repeat(24), environment: "dev" },
        { app: "a".repeat(40), developerId: "01" },
      ),
    ).toThrow(/more than 63.*shorten/);
  });

  it.each(["", "Upper", "under_score", "-first", "last-", "a/b", "a.b", "a b"])(
    "refuse the part '%s'",
    (part) => {
      expect(() => sharedName({ prefix: part, environment: "dev" }, "network")).toThrow(
        /cannot be part of a name/,
      );
    },
  );
});

describe("database and Redis names", () => {
  it("are valid without quotes and fit into Postgres' 63 bytes", () => {
    fc.assert(
      fc.property(instance, (what) => {
        expect(databaseName(what)).toMatch(/^[a-z_][a-z0-9_]{0,62}$/);
      }),
    );
  });

  it("fit even for an app with as many hyphens as a name can have", () => {
    const hyphens = `${"a-".repeat(13)}ab`;
    expect(databaseName({ app: hyphens, developerId: "d".repeat(16) }).length).toBeLessThanOrEqual(63);
  });

  it("of two instances differ, so that no instance reads another's data", () => {
    fc.assert(
      fc.property(instance, instance, (one, other) => {
        fc.pre(!same(one, other));
        expect(databaseName(one)).not.toBe(databaseName(other));
        expect(redisNames(one).user).not.toBe(redisNames(other).user);
      }),
    );
  });

  it("no Redis key prefix begins with another instance's", () => {
    fc.assert(
      fc.property(instance, instance, (one, other) => {
        fc.pre(!same(one, other));
        expect(redisNames(one).keyPrefix.startsWith(redisNames(other).keyPrefix)).toBe(false);
      }),
    );
  });
});

describe("labels", () => {
  it("say whose a thing is, sorted by name", () => {
    const all = labels(
      { prefix: "berth", environment: "dev" },
      {
        role: "app",
        instance: { app: "shop", developerId: "01" },
        route: { port: 3000, proxyStack: "berth-dev" },
      },
    );
    expect(all).toEqual([
      { label: "berth.app", value: "shop" },
      { label: "berth.env", value: "dev" },
      { label: "berth.owner", value: "01" },
      { label: "berth.port", value: "3000" },
      { label: "berth.proxy", value: "berth-dev" },
      { label: "berth.role", value: "app" },
      { label: "berth.stack", value: "berth-dev" },
    ]);
  });

  it("of a shared thing name no app and the owner 'shared'", () => {
    const all = labels({ prefix: "berth", environment: "pro" }, { role: "network" });
    expect(all.map(({ label }) => label)).toEqual(["berth.env", "berth.owner", "berth.role", "berth.stack"]);
    expect(all[1]?.value).toBe("shared");
  });
});
