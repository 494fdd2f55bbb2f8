import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import type { Checkout, CommandResult } from "./checkout";
import { runCommand } from "./run-command";

const issued = z.object({ clientCert: z.string(), dockerEndpoint: z.string(), expiresAt: z.string() });
const outputs = z.object({ caCertPem: z.string(), onboardingUrl: z.string() });

/** A developer with a laptop: a folder with key, certificate and CA, and Docker's own command. */
export class Developer {
  private constructor(
    readonly developerId: string,
    readonly folder: string,
    private readonly dockerHost: string,
    private readonly onboardingUrl: string,
  ) {}

  /** What docs/onboarding.md says: a PIN from the operator, a key and a request by openssl, one call. */
  static async onboard(checkout: Checkout, developerId: string, role = "developer"): Promise<Developer> {
    const words = ["pin", "create", "--dev-id", developerId, "--role", role, "--json"];
    const { pin } = JSON.parse((await admin(checkout, words)).stdout) as { pin: string };
    const { stdout } = await checkout.run("make", ["-s", "outputs"]);
    const { caCertPem, onboardingUrl } = outputs.parse(JSON.parse(stdout));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-laptop-"));
    const file = (name: string): string => path.join(folder, name);
    fs.writeFileSync(file("ca.pem"), caCertPem);
    const csr = newRequest(folder, developerId);
    const url = new URL("/api/dev/issue-cert", onboardingUrl);
    const answer = issued.parse(await post(url, { ca: caCertPem }, { devId: developerId, pin, csr }));
    fs.writeFileSync(file("cert.pem"), answer.clientCert);
    return new Developer(developerId, folder, answer.dockerEndpoint, onboardingUrl);
  }

  /** Trades the certificate for another one with a new key, over mutual TLS. */
  async renew(): Promise<void> {
    const next = fs.mkdtempSync(path.join(this.folder, "next-"));
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((name) =>
      fs.readFileSync(path.join(this.folder, name), "utf8"),
    );
    const csr = newRequest(next, this.developerId);
    const url = new URL("/api/dev/renew-cert", this.onboardingUrl);
    const answer = issued.parse(await post(url, { ca, cert, key }, { csr }));
    fs.writeFileSync(path.join(next, "cert.pem"), answer.clientCert);
    for (const name of ["cert.pem", "key.pem"])
      fs.renameSync(path.join(next, name), path.join(this.folder, name));
  }

  /** The key that signed the certificate, as its extension authorityKeyIdentifier has it. */
  issuerKeyId(): string {
    const certificate = path.join(this.folder, "cert.pem");
    return openssl("x509", "-in", certificate, "-noout", "-ext", "authorityKeyIdentifier");
  }

  /** Docker's own command against the gateway; never throws for a non-zero exit. */
  docker(...args: string[]): Promise<{ exitCode: number; output: string; stdout: string }> {
    return runCommand("/usr/bin/docker", args, {
      environment: {
        DOCKER_HOST: this.dockerHost,
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: this.folder,
        DOCKER_BUILDKIT: "0",
        DOCKER_CONFIG: this.folder,
      },
    });
  }

  /** Says whether openssl, which shares no code with the issuer, follows the certificate to the CA for a client's use. */
  verify(): string {
    const [ca, certificate] = ["ca.pem", "cert.pem"].map((name) => path.join(this.folder, name));
    return openssl(
      "verify",
      "-purpose",
      "sslclient",
      "-CAfile",
      ca!,
      "-untrusted",
      certificate!,
      certificate!,
    );
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs one of the operator's commands. @throws Error with what it said where it fails. */
export async function admin(checkout: Checkout, words: string[]): Promise<CommandResult> {
  const result = await checkout.run("scripts/berth-admin", words);
  if (result.exitCode !== 0) throw new Error(`berth-admin ${words.join(" ")} failed: ${result.stderr}`);
  return result;
}

function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Makes key.pem and request.pem in the folder; returns the request. */
function newRequest(folder: string, developerId: string): string {
  const [key, request] = ["key.pem", "request.pem"].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key);
  openssl("req", "-new", "-key", key, "-subj", `/CN=${developerId}`, "-out", request);
  return fs.readFileSync(request, "utf8");
}

function post(url: URL, identity: https.RequestOptions, body: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", ...identity, headers: { "content-type": "application/json" } };
    const request = https.request(url, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () =>
        response.statusCode === 200
          ? resolve(JSON.parse(text))
          : reject(new Error(`${url.pathname} answered ${response.statusCode}: ${text}`)),
      );
    });
    request.on("error", reject);
    request.end(JSON.stringify(body));
  });
}
