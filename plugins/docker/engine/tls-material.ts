/** The certificates with which to meet an engine over TLS. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface TlsMaterial {
  ca: string;
  cert: string;
  key: string;
}

/** The provider's settings that hold certificates: PEM texts, or a folder with ca.pem, cert.pem and key.pem. */
export interface TlsSettings {
  caMaterial?: string;
  certMaterial?: string;
  keyMaterial?: string;
  certPath?: string;
}

/**
 * Undefined where no certificates are configured.
 * @throws Error for a half configured set, both forms at once, or a missing file: naming it and what is expected.
 */
export async function readTlsMaterial(settings: TlsSettings): Promise<TlsMaterial | undefined> {
  const { caMaterial: ca, certMaterial: cert, keyMaterial: key, certPath } = settings;
  if (!ca && !cert && !key) return certPath ? readFolder(certPath) : undefined;
  if (certPath) {
    throw new Error(
      `docker provider: caMaterial, certMaterial, keyMaterial and certPath (${certPath}; also from DOCKER_CERT_PATH) ` +
        `are two ways to say the same. Give only one of them.`,
    );
  }
  const missing = Object.entries({ caMaterial: ca, certMaterial: cert, keyMaterial: key })
    .filter(([, value]) => !value)
    .map(([name]) => name);
  if (!ca || !cert || !key) {
    throw new Error(
      `docker provider: ${missing.join(" and ")} missing. caMaterial, certMaterial and keyMaterial are given together, ` +
        `each as PEM text.`,
    );
  }
  return { ca, cert, key };
}

async function readFolder(folder: string): Promise<TlsMaterial> {
  return {
    ca: await readFrom(folder, "ca.pem"),
    cert: await readFrom(folder, "cert.pem"),
    key: await readFrom(folder, "key.pem"),
  };
}

async function readFrom(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(
      `docker provider: cannot read ${path}. certPath (or DOCKER_CERT_PATH) is a folder with ca.pem, cert.pem and ` +
        `key.pem, readable by who runs pulumi.`,
      { cause },
    );
  }
}
