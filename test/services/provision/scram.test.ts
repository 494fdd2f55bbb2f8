import { createHmac } from "node:crypto";
import { scramVerifier } from "../../../services/provision/scram";

describe("a password as Postgres stores it", () => {
  it("agrees with the example of RFC 7677", () => {
    const salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const exchange = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const verifier = scramVerifier("pencil", Buffer.from(salt, "base64"));
    expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[^:]+:[^:]+$/);
    const serverKey = Buffer.from(verifier.split(":")[2] ?? "", "base64");
    const signature = createHmac("sha256", serverKey).update(exchange).digest("base64");
    expect(signature).toBe("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  });

  it("has a new salt each time", () => {
    expect(scramVerifier("pencil")).not.toBe(scramVerifier("pencil"));
  });
});
