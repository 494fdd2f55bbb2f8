import { UNKNOWN } from "../../policy/rules";
import { knownInputs } from "../../policy/pack/known-inputs";

/** What the policy SDK gives to a rule during a preview; it keeps this part out of its types. */
const sdk = jest.requireActual<{
  unknownCheckingProxy(inputs: object): Record<string, unknown>;
  unknownStringValue: string;
  unknownArrayValue: string;
}>("@pulumi/policy/proxy");

test("known values come through as they are, at every depth", () => {
  const inputs = {
    text: "a",
    number: 1,
    flag: false,
    none: null,
    list: [{ inner: ["b"] }],
    object: { key: "c" },
  };
  expect(knownInputs(sdk.unknownCheckingProxy(inputs))).toEqual(inputs);
});

test("values that are not known are marked where they stand, and hide nothing beside them", () => {
  const inputs = {
    image: sdk.unknownStringValue,
    mounts: [{ source: sdk.unknownStringValue, target: "/a" }, sdk.unknownStringValue],
    envs: sdk.unknownArrayValue,
    memory: 64,
  };
  expect(knownInputs(sdk.unknownCheckingProxy(inputs))).toEqual({
    image: UNKNOWN,
    mounts: [{ source: UNKNOWN, target: "/a" }, UNKNOWN],
    envs: UNKNOWN,
    memory: 64,
  });
});

test("any other error of reading is not taken for an unknown value", () => {
  const broken = Object.defineProperty({}, "image", {
    enumerable: true,
    get: () => {
      throw new TypeError("broken");
    },
  });
  expect(() => knownInputs(broken)).toThrow("broken");
});
