import { X509Certificate } from "node:crypto";
import { Lab, openssl, type Replica } from "./lab";

jest.setTimeout(60_000);

let lab: Lab;
let replica: Replica;
beforeAll(async () => {
  lab = await Lab.start();
  replica = await lab.replica();
});
afterAll(() => lab.dispose());

describe("POST /api/dev/issue-cert", () => {
  it("gives everything that a laptop needs", async () => {
    const { csrPem } = lab.newRequest();
    const answer = await lab.issue(replica, "01", await lab.pin(replica, "01"), csrPem);
    expect(answer.json).toEqual({
      clientCert: expect.stringMatching(
        /^(-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n){2}$/,
      ),
      caCert: new X509Certificate(lab.authority.rootPem).toString(),
      expiresAt: expect.any(String) as unknown,
      dockerEndpoint: "tcp://localhost:2376",
      secretsEncryption: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      sharedSecrets: "",
      thresholds: { offeredFromDays: 10, warnFromDays: 14, mustRenewUnderDays: 3 },
    });
    expect(openssl(["x509", "-noout", "-subject"], String(answer.json.clientCert))).toContain("CN = 01");
  });
});
