import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { networkOf } from "../../../services/onboarding/limits";
import { readSettings } from "../../../services/onboarding/settings";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-settings-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const whole = {
  serverCertFile: "/s/server-cert.pem",
  serverKeyFile: "/s/server-key.pem",
  rootCertFile: "/s/root.pem",
  issuingCertFile: "/s/issuing.pem",
  issuingKeyFile: "/s/issuing-key.pem",
  dockerEndpoint: "tcp://host.example:2376",
  database: { host: "identity-postgres", passwordFile: "/s/password" },
  pinKeyFile: "/s/pin-key",
  secretsKeyFile: "/s/secrets-key",
};

function read(settings: unknown): ReturnType<typeof readSettings> {
  const file = path.join(folder, "settings.json");
  fs.writeFileSync(file, typeof settings === "string" ? settings : JSON.stringify(settings));
  return readSettings(file);
}

describe("the settings", () => {
  it("have defaults for what is optional", () => {
    expect(read(whole)).toMatchObject({
      prefix: "berth",
      listen: { port: 8443 },
      database: { port: 5432, name: "onboarding", user: "onboarding" },
      gatewayDatabaseUser: "gateway",
      sharedSecrets: "",
      clientValidityHours: 720,
      supersededGraceMinutes: 60,
      limits: { perAddressPerMinute: 30, overallPerMinute: 300 },
    });
  });

  it("are refused with every mistake at once", () => {
    const wrong = {
      ...whole,
      pinKeyFile: "pin",
      dockerEndpoint: "host",
      databse: {},
      gatewayDatabaseUser: 'x"; DROP',
    };
    expect(() => read(wrong)).toThrow(
      /pinKeyFile must be an absolute path.*databse is not a known key: did you mean 'database'/s,
    );
    expect(() => read(wrong)).toThrow(/gatewayDatabaseUser must be a lower-case Postgres name/);
    expect(() => read(wrong)).toThrow(/dockerEndpoint must be tcp:/);
  });

  it("are refused where they are no JSON or no file", () => {
    expect(() => read("{")).toThrow(/cannot be read as JSON/);
    expect(() => readSettings(path.join(folder, "none.json"))).toThrow(/none\.json cannot be read/);
  });
});

describe("whose tries are counted together", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("%s is of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
