import * as fs from "node:fs";
import * as path from "node:path";
import type { Registry } from "./registry";

/** Where an engine looks, at every pull, for the CA of a registry. */
export const CERTS_FOLDER = "/etc/docker/certs.d";

/** Engines take a registry on the loopback interface as insecure and verify nothing, whatever lies in the folder. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * Lets the engine of this host verify the registry's certificate.
 * @returns what was done, as a sentence.
 * @throws Error where the CA is unknown or the folder cannot be written.
 */
export function trustRegistry({ address, caPem }: Registry, certsFolder = CERTS_FOLDER): string {
  if (caPem === undefined)
    throw new Error(
      `registry ${address} is not ours, so there is no CA of it to trust: its own operator gives one`,
    );
  if (LOOPBACK.test(address)) {
    return `${address} is on the loopback interface: engines use it without verifying its certificate, so there is nothing to trust`;
  }
  const file = path.join(certsFolder, address, "ca.crt");
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === caPem) return `${file} holds the CA already`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, caPem, { mode: 0o644 });
  } catch (error) {
    throw new Error(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code}): run 'make trust-registry' as root on the engine's host`,
      {
        cause: error,
      },
    );
  }
  return `${file}: the engine of this host now verifies ${address}, without a restart`;
}
