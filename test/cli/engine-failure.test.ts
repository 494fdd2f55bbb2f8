import { once } from "node:events";
import * as https from "node:https";
import * as net from "node:net";
import { PatientAgent } from "../../cli/engine/patient-agent";
import { engineFailure, isAbsent, isConflict } from "../../cli/engine/failure";
import { EXIT, Failure } from "../../cli/failure";

const translated = (error: object): Failure => engineFailure("tcp://build.example.com:2376", error);
const answered = (statusCode: number, message: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) unexpected - ${message} `), {
    statusCode,
    json: { message },
  });

describe("what a call to the gateway failed with", () => {
  it.each([
    [401, EXIT.refused],
    [403, EXIT.refused],
    [404, EXIT.failed],
    [409, EXIT.failed],
    [429, EXIT.failed],
    [500, EXIT.failed],
    [503, EXIT.unreachable],
  ])("by %d passes through word for word, with exit code %d", (status, exitCode) => {
    const failure = translated(
      answered(status, "HostConfig.Privileged: not allowed: it is root on the host"),
    );
    expect(failure.message).toBe("HostConfig.Privileged: not allowed: it is root on the host");
    expect(failure.exitCode).toBe(exitCode);
  });

  it("keeps the words of an answer that came as a stream, without what the library puts around them", () => {
    const error = Object.assign(new Error("(HTTP code 400) bad request - no such stage "), {
      statusCode: 400,
      json: null,
    });
    expect(translated(error).message).toBe("no such stage");
  });

  it("is known as absent or in the way", () => {
    expect(isAbsent(translated(answered(404, "x")))).toBe(true);
    expect(isConflict(translated(answered(409, "x")))).toBe(true);
    expect(isAbsent(translated(new Error("x")))).toBe(false);
  });

  it("without an answer names the gateway, why, and `berth dev init`", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const failure = translated(error);
    expect(failure.message).toMatch(
      /^the gateway build\.example\.com:2376 cannot be reached: .*ECONNREFUSED.*berth dev init/,
    );
    expect(failure.exitCode).toBe(EXIT.unreachable);
  });

  it("because the other side is not the one that was trusted says so", () => {
    const error = Object.assign(new Error("self-signed certificate"), {
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    expect(translated(error).message).toMatch(
      /is not the one that this identity is for: self-signed.*berth dev init/,
    );
  });

  it("because nobody answers its TLS handshake is one of the network, and known in time", async () => {
    const slow = Object.assign(new Error("TLS handshake timeout"), { code: "ERR_TLS_HANDSHAKE_TIMEOUT" });
    expect(translated(slow).message).toMatch(/cannot be reached: TLS handshake timeout/);
    // It reads, or it would not see that the other side has gone.
    const silent = net.createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as net.AddressInfo;
    const agent = new PatientAgent({}, 200);
    const error = await new Promise<Error>((resolve) => {
      https.get({ host: "127.0.0.1", port, agent }).on("error", resolve);
    });
    const { message, exitCode } = translated(error);
    expect(message).toMatch(
      /cannot be reached: its TLS handshake did not end in 0\.2 s\. Check your network/,
    );
    expect(exitCode).toBe(EXIT.unreachable);
    silent.close();
  });

  it("is translated once", () => {
    const failure = new Failure("said already");
    expect(engineFailure("tcp://x:1", failure)).toBe(failure);
  });
});
