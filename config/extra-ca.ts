import { createHash, X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** A file of extra CA certificates that image builds and dev containers must trust behind a TLS-inspecting proxy. */
export interface ExtraCaBundle {
  /** Absolute path on the host that runs Pulumi. */
  path: string;
  /** SHA-256 of the file, hex. */
  sha256: string;
  /** The first 12 digits of it: the tag of the image that carries the bundle into builds. */
  tag: string;
}

/** Variables by which Node and OpenSSL programs on a host are told of such a bundle, in the order we look. */
const VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const TAG_LENGTH = 12;

function chosenPath(
  setting: string,
  environment: NodeJS.ProcessEnv,
): { file: string; chosenBy: string } | undefined {
  if (setting === "none") return undefined;
  if (setting !== "auto") return { file: setting, chosenBy: "berth:extraCaBundle" };
  for (const variable of VARIABLES) {
    const file = environment[variable];
    if (file) return { file, chosenBy: `the variable ${variable} (berth:extraCaBundle is "auto")` };
  }
  return undefined;
}

function readBundle(file: string, chosenBy: string): Buffer {
  const fix = `correct it, or set berth:extraCaBundle to "none"`;
  let content: Buffer;
  try {
    content = fs.readFileSync(file);
  } catch (error) {
    throw new Error(
      `extra CA bundle: ${chosenBy} names ${file}, which cannot be read (${(error as NodeJS.ErrnoException).code}): ${fix}`,
      { cause: error },
    );
  }
  const certificates = content.toString("latin1").match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new Error(`extra CA bundle: ${chosenBy} names ${file}, which holds no PEM certificate: ${fix}`);
  }
  certificates.forEach((pem, index) => {
    try {
      new X509Certificate(pem);
    } catch (error) {
      throw new Error(
        `extra CA bundle: ${chosenBy} names ${file}, whose certificate ${index + 1} is damaged: ${fix}`,
        { cause: error },
      );
    }
  });
  return content;
}

/**
 * Finds the extra CA bundle. "auto" takes what the host's own programs were given by NODE_EXTRA_CA_CERTS or SSL_CERT_FILE, and
 * none where neither is set; "none" takes none; anything else is a path. Throws for a file that cannot be read or is no PEM.
 */
export function findExtraCaBundle(
  setting: string,
  environment: NodeJS.ProcessEnv,
): ExtraCaBundle | undefined {
  const chosen = chosenPath(setting, environment);
  if (chosen === undefined) return undefined;
  const file = path.resolve(chosen.file);
  const sha256 = createHash("sha256").update(readBundle(file, chosen.chosenBy)).digest("hex");
  return { path: file, sha256, tag: sha256.slice(0, TAG_LENGTH) };
}

/** The image from which every build copies `/extra-ca.pem` in an early stage; an empty file where there is no bundle. */
export function extraCaImageName(bundle: ExtraCaBundle | undefined): string {
  return `berth-extra-ca:${bundle?.tag ?? "none"}`;
}
