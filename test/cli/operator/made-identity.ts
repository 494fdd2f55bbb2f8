import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * A berth home with an identity of a role, from a CA of its own: for what a command reads of its certificate, and no server is asked.
 * @returns the options that name it.
 */
export function madeIdentity(folder: string, devId: string, role: string): string[] {
  const certs = path.join(folder, "certs", devId);
  fs.mkdirSync(certs, { recursive: true });
  const file = (name: string): string => path.join(certs, name);
  const openssl = (...words: string[]): void =>
    void execFileSync("openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    file("ca-key.pem"),
    "-out",
    file("ca.pem"),
    "-days",
    "60",
    "-subj",
    "/CN=test CA",
  );
  openssl(
    "req",
    ...key,
    "-keyout",
    file("key.pem"),
    "-out",
    file("request.pem"),
    "-subj",
    `/OU=${role}/CN=${devId}`,
  );
  const issuer = ["-CA", file("ca.pem"), "-CAkey", file("ca-key.pem"), "-CAcreateserial"];
  openssl("x509", "-req", "-in", file("request.pem"), ...issuer, "-days", "60", "-out", file("cert.pem"));
  return ["--home", folder, "--dev-id", devId, "--server", "https://localhost:1"];
}
