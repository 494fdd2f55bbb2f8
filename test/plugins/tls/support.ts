/** What the tests of the tls plugin share: the plugin over its own protocol, and openssl beside it. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { definition } from "../../../plugins/tls/definition";
import {
  startPlugin,
  type Plain,
  type PlainProperties,
  type PluginClient,
} from "../../support/plugin-client";

export const KEY = "tls:index/privateKey:PrivateKey";
export const SELF_SIGNED = "tls:index/selfSignedCert:SelfSignedCert";
export const REQUEST = "tls:index/certRequest:CertRequest";
export const SIGNED = "tls:index/locallySignedCert:LocallySignedCert";
export const CA_USES = ["cert_signing", "crl_signing"];

export type Made = PlainProperties & { id: string };

export interface Workbench {
  plugin: PluginClient;
  /** Writes a file that only the test sees. */
  file: (name: string, content: string) => string;
  /** Checks and creates, as the engine does. */
  make: (type: string, inputs: PlainProperties) => Promise<Made>;
  newKey: (algorithm: string, more?: PlainProperties) => Promise<Made>;
  close: () => Promise<void>;
}

export async function openWorkbench(): Promise<Workbench> {
  const plugin = await startPlugin(definition);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-tls-"));
  const make = async (type: string, inputs: PlainProperties): Promise<Made> => {
    const checked = await plugin.check(type, inputs);
    expect(checked.failures).toEqual([]);
    const { id, state } = await plugin.create(type, checked.inputs);
    return { ...state, id };
  };
  return {
    plugin,
    file(name, content) {
      const full = path.join(folder, name);
      fs.writeFileSync(full, content, { mode: 0o600 });
      return full;
    },
    make,
    newKey: (algorithm, more = {}) => make(KEY, { algorithm, ...more }),
    async close() {
      await plugin.close();
      fs.rmSync(folder, { recursive: true });
    },
  };
}

export function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** The clear text of an output, secret or not. */
export function text(value: Plain | undefined): string {
  const clear = typeof value === "object" && value !== null && "value" in value ? value.value : value;
  if (typeof clear !== "string") throw new Error("the output is no text");
  return clear;
}

/** A root, an issuing CA below it, and the issuing CA's key. */
export async function makeAuthority({
  make,
  newKey,
}: Workbench): Promise<{ root: string; issuing: string; issuingKey: string }> {
  const rootKey = text((await newKey("ECDSA", { ecdsaCurve: "P384" })).privateKeyPem);
  const root = await make(SELF_SIGNED, {
    privateKeyPem: rootKey,
    subject: { commonName: "Test root", organization: "Test" },
    isCaCertificate: true,
    maxPathLength: 1,
    allowedUses: CA_USES,
    validityPeriodHours: 48,
  });
  const issuingKey = text((await newKey("RSA", { rsaBits: 2048 })).privateKeyPem);
  const request = await make(REQUEST, { privateKeyPem: issuingKey, subject: { commonName: "Test issuing" } });
  const issuing = await make(SIGNED, {
    caCertPem: root.certPem,
    caPrivateKeyPem: rootKey,
    certRequestPem: request.certRequestPem,
    isCaCertificate: true,
    maxPathLength: 0,
    allowedUses: CA_USES,
    validityPeriodHours: 48,
  });
  return { root: text(root.certPem), issuing: text(issuing.certPem), issuingKey };
}
