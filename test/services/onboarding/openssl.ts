/** Keys, requests and CAs by openssl, which knows nothing of our own code. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A root, an issuing CA below it, and a server certificate for the loopback interface. */
export interface TestAuthority {
  rootPem: string;
  issuingPem: string;
  issuingKeyPem: string;
  serverCertPem: string;
  serverKeyPem: string;
}

export interface KeyAndRequest {
  keyPem: string;
  csrPem: string;
}

const P384 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"];
const CA =
  "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
const SERVER = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n";

/** `of` gives the new issuing CA the root of another one, as a roll-over does. */
export function makeAuthority(
  parent: string,
  options: { of?: string; issuingDays?: number } = {},
): TestAuthority {
  const folder = options.of ?? path.join(parent, `ca-${randomBytes(4).toString("hex")}`);
  fs.mkdirSync(folder, { recursive: true });
  const run = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  const read = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
  const sign = (name: string, extensions: string, ca: string, days: number): void => {
    fs.writeFileSync(path.join(folder, "extensions"), extensions);
    run(
      "req",
      ...P384,
      "-keyout",
      `${name}-key`,
      "-out",
      `${name}-csr`,
      "-subj",
      `/O=btest/CN=btest ${name}`,
    );
    run(
      ...["x509", "-req", "-in", `${name}-csr`, "-CA", ca, "-CAkey", `${ca}-key`, "-CAcreateserial"],
      ...["-days", String(days), "-extfile", "extensions", "-out", name],
    );
  };
  if (options.of === undefined) {
    fs.writeFileSync(path.join(folder, "extensions"), CA);
    run("req", ...P384, "-keyout", "root-key", "-out", "root-csr", "-subj", "/O=btest/CN=btest root CA");
    run(
      "x509",
      "-req",
      "-in",
      "root-csr",
      "-key",
      "root-key",
      "-days",
      "400",
      "-extfile",
      "extensions",
      "-out",
      "root",
    );
  }
  sign("issuing", CA, "root", options.issuingDays ?? 300);
  sign("server", SERVER, "issuing", 90);
  return {
    rootPem: read("root"),
    issuingPem: read("issuing"),
    issuingKeyPem: read("issuing-key"),
    serverCertPem: read("server") + read("issuing"),
    serverKeyPem: read("server-key"),
  };
}

/** A new key and a request for it; by default ECDSA on P-256. */
export function newRequest(folder: string, ...key: string[]): KeyAndRequest {
  const name = path.join(folder, randomBytes(6).toString("hex"));
  const kind = key.length > 0 ? key : ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
  execFileSync(
    "openssl",
    [
      "req",
      ...kind,
      "-nodes",
      "-keyout",
      `${name}-key`,
      "-out",
      `${name}-csr`,
      "-subj",
      "/CN=root/O=evil/OU=operator",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  return { keyPem: fs.readFileSync(`${name}-key`, "utf8"), csrPem: fs.readFileSync(`${name}-csr`, "utf8") };
}
