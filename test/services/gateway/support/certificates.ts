/** A root, issuing CAs below it and certificates of every kind, by openssl. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

export interface IssueOptions {
  developerId?: string;
  role?: string;
  organisation?: string;
  /** 32 hex characters. */
  serial?: string;
  /** Seconds from now to its end, which may have been; by default a day. */
  endsInSeconds?: number;
  extendedKeyUsage?: string;
  /** Lines of openssl's extension file beside the usual ones. */
  extensions?: string[];
}

export interface IssuedCertificate {
  serial: string;
  developerId: string;
  role: string;
  /** A folder as DOCKER_CERT_PATH names it: ca.pem, cert.pem (with the issuing CA's behind it), key.pem. */
  folder: string;
  chainPem: string;
  keyPem: string;
}

/** Certificates in a folder of their own that `remove` takes away. */
export class TestAuthority {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-gateway-"));
  private issued = 0;

  constructor() {
    this.newKey("root");
    this.openssl(
      "req",
      "-x509",
      "-new",
      "-key",
      "root.key",
      "-days",
      "2",
      "-subj",
      "/CN=btest root",
      "-out",
      "root.pem",
    );
    this.newIssuer("issuing");
  }

  get rootPem(): string {
    return this.read("root.pem");
  }

  /** Another issuing CA below the root. */
  newIssuer(name: string): string {
    this.newKey(name);
    this.openssl("req", "-new", "-key", `${name}.key`, "-subj", `/CN=btest ${name}`, "-out", `${name}.csr`);
    this.write(`${name}.ext`, "basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign\n");
    this.openssl(
      ...["x509", "-req", "-in", `${name}.csr`, "-CA", "root.pem", "-CAkey", "root.key", "-days", "2"],
      ...["-set_serial", `0x${newSerial()}`, "-extfile", `${name}.ext`, "-out", `${name}.pem`],
    );
    return this.read(`${name}.pem`);
  }

  /** A certificate for 127.0.0.1 from the root. */
  server(): { certFile: string; keyFile: string } {
    const issued = this.make("server", "/CN=btest gateway", "root", newSerial(), 86_400, [
      "subjectAltName=IP:127.0.0.1,DNS:localhost",
      "extendedKeyUsage=serverAuth",
    ]);
    return { certFile: path.join(issued, "cert.pem"), keyFile: path.join(issued, "key.pem") };
  }

  /** A client certificate as the onboarding service makes them, or one with something wrong. */
  client(options: IssueOptions = {}, issuer = "issuing"): IssuedCertificate {
    const { developerId = "01", role = "developer", organisation = "berth", serial = newSerial() } = options;
    const folder = this.make(
      `client-${this.issued++}`,
      `/O=${organisation}/OU=${role}/CN=${developerId}`,
      issuer,
      serial,
      options.endsInSeconds ?? 86_400,
      [
        "basicConstraints=critical,CA:false",
        "keyUsage=critical,digitalSignature",
        `subjectAltName=URI:urn:berth:${organisation}:${role}:${developerId}`,
        ...(options.extendedKeyUsage === ""
          ? []
          : [`extendedKeyUsage=${options.extendedKeyUsage ?? "clientAuth"}`]),
      ],
    );
    const [chainPem, keyPem] = ["cert.pem", "key.pem"].map((file) =>
      fs.readFileSync(path.join(folder, file), "utf8"),
    );
    return { serial, developerId, role, folder, chainPem: chainPem!, keyPem: keyPem! };
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true });
  }

  private make(
    name: string,
    subject: string,
    issuer: string,
    serial: string,
    endsInSeconds: number,
    extensions: string[],
  ): string {
    const folder = path.join(this.folder, name);
    fs.mkdirSync(folder);
    this.newKey(`${name}/key`, "pem");
    this.write(`${name}/ext`, `${extensions.join("\n")}\n`);
    this.openssl("req", "-new", "-key", `${name}/key.pem`, "-subj", subject, "-out", `${name}/csr.pem`);
    // `openssl x509` counts in days; `openssl ca` takes dates, for which it wants a small database.
    this.write(`${name}/index`, "");
    this.write(`${name}/serial`, `${serial}\n`);
    this.write(`${name}/config`, CA_CONFIG);
    this.openssl(
      ...[
        "ca",
        "-batch",
        "-notext",
        "-config",
        `${name}/config`,
        "-in",
        `${name}/csr.pem`,
        "-out",
        `${name}/leaf.pem`,
      ],
      ...["-cert", `${issuer}.pem`, "-keyfile", `${issuer}.key`, "-extfile", `${name}/ext`, "-preserveDN"],
      ...["-startdate", asn1Time(-3600), "-enddate", asn1Time(endsInSeconds)],
    );
    this.write(`${name}/cert.pem`, this.read(`${name}/leaf.pem`) + this.read(`${issuer}.pem`));
    this.write(`${name}/ca.pem`, this.rootPem);
    return folder;
  }

  private newKey(name: string, extension = "key"): void {
    this.openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", `${name}.${extension}`);
  }

  private openssl(...args: string[]): void {
    const folder = args[0] === "ca" ? path.dirname(args[args.indexOf("-config") + 1]!) : undefined;
    execFileSync("openssl", args, {
      cwd: this.folder,
      env: { ...process.env, ...(folder && { CA_FOLDER: path.join(this.folder, folder) }) },
      stdio: ["ignore", "ignore", "pipe"],
    });
  }

  private read(file: string): string {
    return fs.readFileSync(path.join(this.folder, file), "utf8");
  }

  private write(file: string, text: string): void {
    fs.writeFileSync(path.join(this.folder, file), text);
  }
}

const CA_CONFIG = `
[ca]
default_ca = issuing
[issuing]
database = $ENV::CA_FOLDER/index
serial = $ENV::CA_FOLDER/serial
new_certs_dir = $ENV::CA_FOLDER
default_md = sha256
policy = anything
[anything]
commonName = supplied
organizationName = optional
organizationalUnitName = optional
`;

/** 128 bits, positive. */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return bytes.toString("hex");
}

function asn1Time(secondsFromNow: number): string {
  return new Date(Date.now() + secondsFromNow * 1000).toISOString().replace(/[-:T]|\.\d+/g, "");
}
