import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findCheckout } from "../../../cli/operator/checkout";
import { stateOf } from "../../../cli/operator/shared-services";
import { freeIn } from "../../../cli/doctor/disk-checks";

const projectRoot = path.resolve(__dirname, "../../..");
const elsewhere = fs.mkdtempSync(path.join(os.tmpdir(), "btest-checkout-like-"));
afterAll(() => fs.rmSync(elsewhere, { recursive: true }));

describe("the operator's checkout", () => {
  it("is the one around the current folder", () => {
    expect(findCheckout({}, {}, path.join(projectRoot, "docs"))).toBe(projectRoot);
    expect(findCheckout({}, {}, elsewhere)).toBeUndefined();
  });

  it("is the one that is named, the option before the variable", () => {
    expect(findCheckout({}, { BERTH_CHECKOUT: projectRoot }, elsewhere)).toBe(projectRoot);
    expect(findCheckout({ checkout: projectRoot }, { BERTH_CHECKOUT: elsewhere }, "/")).toBe(projectRoot);
    expect(() => findCheckout({ checkout: elsewhere }, {}, projectRoot)).toThrow("is no checkout of Berth");
    expect(() => findCheckout({}, { BERTH_CHECKOUT: elsewhere }, projectRoot)).toThrow("BERTH_CHECKOUT");
  });

  it("is no other project of Pulumi", () => {
    fs.writeFileSync(path.join(elsewhere, "Pulumi.yaml"), "name: other\n");
    expect(findCheckout({}, {}, elsewhere)).toBeUndefined();
    fs.writeFileSync(path.join(elsewhere, "Pulumi.yaml"), "name: [");
    expect(findCheckout({}, {}, elsewhere)).toBeUndefined();
  });
});

test.each([
  ["running", "Up 3 minutes (healthy)", "healthy"],
  ["running", "Up 3 seconds (health: starting)", "starting"],
  ["running", "Up 3 minutes (unhealthy)", "unhealthy"],
  ["running", "Up 3 minutes", "running"],
  ["exited", "Exited (1) 2 minutes ago", "exited"],
])("a container that is %s, %s, is %s", (state, status, expected) => {
  expect(stateOf(state, status)).toBe(expected);
});

test("free room is read as df of any system prints it by POSIX", () => {
  expect(
    freeIn(
      "Filesystem 1048576-blocks Used Available Capacity Mounted on\n/dev/vda 257000 30000 64558 32% /\n",
    ),
  ).toBe(64_558);
  expect(() => freeIn("df: no such file")).toThrow("cannot be read");
});
