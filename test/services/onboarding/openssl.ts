/** Keys, requests and CAs by openssl, which knows nothing of our own code. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A root, and below it an issuing CA and a server certificate for the loopback interface. */
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

const newKey = (curve: string): string[] => [
  "-newkey",
  "ec",
  "-pkeyopt",
  `ec_paramgen_curve:${curve}`,
  "-nodes",
];
const names = (name: string): string[] => [
  "-keyout",
  `${name}-key`,
  "-out",
  `${name}-csr`,
  "-subj",
  `/O=btest/CN=${name}`,
];
const CA =
  "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n";
const SERVER = "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n";

/** Makes the files in a folder; in one that has a root already, a new issuing CA below that, as a roll-over does. */
export function makeAuthority(folder: string): TestAuthority {
  fs.mkdirSync(folder, { recursive: true });
  const run = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  const read = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
  const sign = (name: string, extensions: string, curve: string, signer: string[]): void => {
    fs.writeFileSync(path.join(folder, "extensions"), extensions);
    run("req", ...newKey(curve), ...names(name));
    run(
      "x509",
      "-req",
      "-in",
      `${name}-csr`,
      "-days",
      "300",
      "-extfile",
      "extensions",
      "-out",
      name,
      ...signer,
    );
  };
  const byRoot = ["-CA", "root", "-CAkey", "root-key", "-CAcreateserial"];
  if (!fs.existsSync(path.join(folder, "root"))) sign("root", CA, "P-256", ["-key", "root-key"]);
  // As in a stack; the others are quicker, since a test opens thousands of connections.
  sign("issuing", CA, "P-384", byRoot);
  sign("server", SERVER, "P-256", byRoot);
  return {
    rootPem: read("root"),
    issuingPem: read("issuing"),
    issuingKeyPem: read("issuing-key"),
    serverCertPem: read("server"),
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
