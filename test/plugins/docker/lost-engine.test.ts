import { isConnectionLost } from "../../../plugins/docker/support/lost-engine";

const withCode = (code: string, syscall?: string): Error =>
  Object.assign(new Error(code), { code, ...(syscall !== undefined && { syscall }) });

describe("a lost connection to the engine", () => {
  it.each([
    ["a refused connection", withCode("ECONNREFUSED", "connect")],
    ["a socket that is gone", withCode("ENOENT", "connect")],
    ["an answer that broke off", withCode("ECONNRESET")],
    [
      "one behind another error",
      new Error("container cannot be started", { cause: withCode("EPIPE", "write") }),
    ],
  ])("is seen in %s", (_, error) => {
    expect(isConnectionLost(error)).toBe(true);
  });

  it.each([
    ["an answer of the engine's", Object.assign(new Error("conflict"), { statusCode: 409 })],
    ["a file that is missing", withCode("ENOENT", "open")],
    ["anything else", "ECONNRESET"],
  ])("is not seen in %s", (_, error) => {
    expect(isConnectionLost(error)).toBe(false);
  });
});
