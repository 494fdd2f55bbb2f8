import * as fc from "fast-check";
import { appName } from "../../../components/fly/names";

const parts = fc.record({
  organization: fc.string(),
  namePrefix: fc.string({ unit: "binary", maxLength: 80 }),
  owner: fc.string({ unit: "binary", maxLength: 80 }),
  name: fc.string({ unit: "binary", maxLength: 80 }),
});

test("an app's name is a host name's label for every input", () => {
  fc.assert(
    fc.property(parts, (input) => {
      const name = appName(input);
      expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      expect(name.length).toBeLessThanOrEqual(63);
    }),
  );
});

test("two workspaces never share a name, even where they read the same", () => {
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      expect(appName(one)).not.toBe(appName(other));
    }),
  );
  expect(appName({ owner: "a-b", name: "c" })).not.toBe(appName({ owner: "a", name: "b-c" }));
  expect(appName({ owner: "01", name: "demo", organization: "acme" })).not.toBe(
    appName({ owner: "01", name: "demo" }),
  );
});

test("a name tells whose it is, and stays the same", () => {
  expect(appName({ owner: "01", name: "demo" })).toMatch(/^berth-01-demo-[0-9a-f]{6}$/);
  expect(appName({ owner: "01", name: "demo" })).toBe(appName({ owner: "01", name: "demo" }));
});
