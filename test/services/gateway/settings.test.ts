import { parseSettings, readSettings } from "../../../services/gateway/settings";

const least = {
  ...{ stack: "berth-dev", listen: {}, health: {} },
  ...{ serverCertFile: "/cert", serverKeyFile: "/key", rootCertFile: "/root" },
  database: { host: "database", passwordFile: "/password" },
};

describe("gateway.json", () => {
  it("needs little, and has a default for the rest", () => {
    expect(parseSettings(least, "here")).toMatchObject({
      prefix: "berth",
      listen: { port: 2376, minimumTls: "1.3" },
      health: { port: 9323 },
      engineSocket: "/var/run/docker.sock",
      database: { name: "onboarding", user: "gateway", port: 5432, maximumSilenceSeconds: 30 },
      quota: {
        containers: 50,
        networks: 5,
        volumes: 60,
        memoryMb: 16_384,
        cpus: 16,
        streams: 100,
        databases: 20,
      },
      defaults: { memoryMb: 512, cpus: 1, pids: 512 },
      services: {},
    });
  });

  it.each([
    ["a missing field", { ...least, stack: undefined }, /stack/],
    ["an unknown field", { ...least, tls: true }, /tls/],
    ["a port that is none", { ...least, listen: { port: 0 } }, /listen\.port/],
    ["a TLS version that is none", { ...least, listen: { minimumTls: "1.1" } }, /listen\.minimumTls/],
    ["a quota of no volumes", { ...least, quota: { volumes: 0 } }, /quota\.volumes/],
    [
      "half a minute of silence and more",
      { ...least, database: { ...least.database, maximumSilenceSeconds: 31 } },
      /maximumSilenceSeconds/,
    ],
  ])("names %s", (_what, settings, problem) => {
    expect(() => parseSettings(settings, "here")).toThrow(/gateway cannot start: correct here/);
    expect(() => parseSettings(settings, "here")).toThrow(problem);
  });

  it("must be given and be there", () => {
    expect(() => readSettings(undefined)).toThrow(/give the path of its settings/);
    expect(() => readSettings("/no/such/file")).toThrow(/cannot read \/no\/such\/file/);
  });
});
