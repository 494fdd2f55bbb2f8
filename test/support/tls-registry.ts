/** The registry of images/registry for one test file, with a CA of its own. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { request } from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import type { Workbench } from "./workbench";

/** Where the image keeps its data. */
export const REGISTRY_FOLDER = "/var/lib/berth/registry";
export const REGISTRY_PASSWORD = "Ab_-0123456789";

export interface ServerCertificate {
  caPem: string;
  /** The server's certificate with the CA's behind it. */
  chainPem: string;
  keyPem: string;
}

/** A CA and a server certificate of its making, by openssl. A negative number of days gives one that has expired. */
export function issueCertificate(options: { ip?: string; days?: number } = {}): ServerCertificate {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-registry-"));
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["DNS:localhost", "IP:127.0.0.1", ...(options.ip ? [`IP:${options.ip}`] : [])].join(",");
  const read = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");
  try {
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      "ca-key",
      "-out",
      "ca",
      "-days",
      "2",
      "-subj",
      "/CN=btest CA",
    );
    openssl("req", ...newKey, "-keyout", "key", "-out", "csr", "-subj", "/CN=btest registry");
    fs.writeFileSync(path.join(folder, "extensions"), `subjectAltName=${names}\n`);
    openssl(
      ...["x509", "-req", "-in", "csr", "-CA", "ca", "-CAkey", "ca-key", "-CAcreateserial"],
      ...["-days", String(options.days ?? 2), "-extfile", "extensions", "-out", "cert"],
    );
    return { caPem: read("ca"), chainPem: read("cert") + read("ca"), keyPem: read("key") };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The files below /run/secrets/berth with which the registry starts. */
export function registrySecrets(
  certificate: ServerCertificate,
  password = REGISTRY_PASSWORD,
): Record<string, string> {
  return {
    "registry-cert.pem": certificate.chainPem,
    "registry-key.pem": certificate.keyPem,
    "registry-password": password,
  };
}

/** A folder for `docker --config` with a login in it. */
export function dockerConfigFolder(address: string, password = REGISTRY_PASSWORD): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-docker-config-"));
  const auth = Buffer.from(`berth:${password}`).toString("base64");
  fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify({ auths: { [address]: { auth } } }));
  return folder;
}

export interface RegistryAnswer {
  status: number;
  digest: string | undefined;
  body: string;
}

/** Asks the registry over TLS that is verified against the CA. */
export function askRegistry(
  url: string,
  caPem: string,
  options: { password?: string; maxVersion?: "TLSv1.1" | "TLSv1.2" } = {},
): Promise<RegistryAnswer> {
  const { password, maxVersion } = options;
  const authorization =
    password === undefined ? undefined : `Basic ${Buffer.from(`berth:${password}`).toString("base64")}`;
  const headers = {
    accept: "application/vnd.docker.distribution.manifest.v2+json",
    ...(authorization && { authorization }),
  };
  // Without it this OpenSSL itself would refuse to speak an old version.
  const old = maxVersion && { maxVersion, minVersion: "TLSv1" as const, ciphers: "DEFAULT:@SECLEVEL=0" };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca: caPem, headers, agent: false, ...old }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode ?? 0,
          digest: answer.headers["docker-content-digest"] as string | undefined,
          body,
        }),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** Starts the registry on a loopback port and waits until it is healthy. */
export async function startRegistry(
  bench: Workbench,
  image: string,
  certificate: ServerCertificate,
  suffix = "registry",
): Promise<{ container: string; address: string }> {
  const container = await bench.start(suffix, image, {
    volumes: { [await bench.volume()]: REGISTRY_FOLDER },
    secrets: registrySecrets(certificate),
    publish: 5000,
  });
  await bench.waitUntilHealthy(container);
  return { container, address: `127.0.0.1:${await bench.port(container, 5000)}` };
}
