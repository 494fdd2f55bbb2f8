import { reasonsIn } from "../../../scripts/drive-parts/automation";

const MISSING = "app 'shop' asks for a secret without a value in tst: stripe-key. Give it with: …";

it("says of a failed update each error once, however often Pulumi prints it", () => {
  const printed = ` +  pulumi:pulumi:Stack berth-tst creating (1s) error: ${MISSING}\n@ updating....\nDiagnostics:\n    error: ${MISSING}\n    error: update failed\n`;
  const message = `code: -2\n stdout: \n stderr: Command failed with exit code 1\n${printed}\n err?: Error: Command failed\n${printed}`;
  expect(reasonsIn(message)).toBe(`${MISSING}\nupdate failed`);
});

it("says all that there is where nothing is called an error", () => {
  expect(reasonsIn(" the engine went away\n")).toBe("the engine went away");
});
