import { decodeProperties } from "../../../plugins/kit/decode";
import { Redactor } from "../../../plugins/kit/redaction";
import { secret, type PlainProperties } from "../../support/plugin-client";
import { toWire } from "../../support/plugin-wire";

function redactorOf(...bags: PlainProperties[]): Redactor {
  const redactor = new Redactor();
  for (const bag of bags) redactor.learn(decodeProperties(toWire(bag)), {});
  return redactor;
}

describe("secrets in log lines and errors", () => {
  it("are hidden, deep ones and numbers too", () => {
    const redactor = redactorOf({ password: secret("hunter2"), account: secret({ pins: [123456] }) });
    expect(redactor.apply("tried hunter2 with 123456")).toBe("tried [secret] with [secret]");
  });

  it("are shown where the same text stands openly beside them, so that a failure can be named", () => {
    const redactor = redactorOf({
      imageName: "shop:dev",
      __inputs: secret({ imageName: "shop:dev", password: "hunter2" }),
    });
    expect(redactor.apply("shop:dev cannot be built with hunter2")).toBe(
      "shop:dev cannot be built with [secret]",
    );
  });

  it("are shown too where the open text came in another bag of the same call", () => {
    const redactor = redactorOf({ __inputs: secret({ imageName: "shop:dev" }) }, { imageName: "shop:dev" });
    expect(redactor.apply("built shop:dev")).toBe("built shop:dev");
  });
});
