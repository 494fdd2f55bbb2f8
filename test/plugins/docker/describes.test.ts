import { describes } from "../../../plugins/docker/support/describes";
import { realInputs } from "../../../plugins/docker/support/reality";
import * as spec from "../../../plugins/docker/support/spec";

test("what is left open may be anything", () => {
  const ports = spec.objectSet({ internal: spec.integer(), external: spec.integer() });
  expect(describes([{ internal: 80 }], [{ internal: 80, external: 32768 }], ports)).toBe(true);
  expect(describes([{ internal: 80, external: 1 }], [{ internal: 80, external: 2 }], ports)).toBe(false);
});

test("a set may come in any order, a list may not", () => {
  expect(describes(["a", "b"], ["b", "a"], spec.textSet())).toBe(true);
  expect(describes(["a", "b"], ["b", "a"], spec.texts())).toBe(false);
  expect(describes(["a", "a"], ["a", "b"], spec.textSet())).toBe(false);
});

test("one more in a map is a difference", () => {
  expect(describes({ a: "1" }, { a: "1", b: "2" }, spec.textMap())).toBe(false);
});

test("absent is the same as false, zero and empty", () => {
  for (const nothing of [false, 0, "", [], null]) expect(describes(nothing, undefined, undefined)).toBe(true);
  expect(describes(true, undefined, undefined)).toBe(false);
});

test("inputs keep the program's words while they describe what is there", () => {
  const specs = { names: spec.textSet(), memory: spec.integer(), secret: spec.text() };
  const asked = { names: ["b", "a"], memory: 64, secret: "s" };
  expect(realInputs(specs, asked, { names: ["a", "b"], memory: 128 })).toEqual({
    names: ["b", "a"],
    memory: 128,
    secret: "s",
  });
});

test("what the program leaves open shows only where it is watched", () => {
  const specs = { memory: spec.integer(), cpuShares: spec.integer(), name: spec.text() };
  expect(realInputs(specs, { name: "a" }, { name: "a", memory: 1, cpuShares: 2 }, ["memory"])).toEqual({
    name: "a",
    memory: 1,
  });
});

test("an import takes what is there, the defaults of the rest, and nothing empty", () => {
  const specs = { names: spec.textSet(), wait: spec.flag({ default: false }), memory: spec.integer() };
  expect(realInputs(specs, {}, { names: [], memory: 64 })).toEqual({ memory: 64, wait: false });
});
