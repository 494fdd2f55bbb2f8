import { Readable } from "node:stream";
import { readPassword } from "../../../services/provision/secret";

const read = (text: string): Promise<string> => readPassword(Readable.from([text]));

describe("the secret on standard input", () => {
  it("is the password of a JSON object, however it arrives", async () => {
    const chunks = ['{"password"', ': "pass-', "'word\\\"", '1"}'];
    expect(await readPassword(Readable.from(chunks))).toBe("pass-'word\"1");
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "secret-text"],
    ["no object", '"secret-text"'],
    ["null", "null"],
    ["another key", '{"secret": "secret-text"}'],
    ["a number", '{"password": 12345678}'],
    ["a space", '{"password": "secret text"}'],
    ["a line break", '{"password": "secret-text\\n"}'],
    ["another alphabet", '{"password": "secret-tëxt"}'],
    ["too little", '{"password": "secret"}'],
    ["too much", `{"password": "${"secret".repeat(50)}"}`],
  ])("is refused when it holds %s, and never repeated", async (_, text) => {
    const error = await read(text).then(
      () => new Error("accepted"),
      (reason: Error) => reason,
    );
    expect(error.message).toMatch(/^provision: /);
    expect(error.message).not.toContain("secret-t");
    expect(error.message).not.toContain("secretsecret");
  });
});
