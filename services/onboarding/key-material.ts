import * as fs from "node:fs";
import { readAuthority, type IssuingAuthority } from "./certificates/authority";
import type { OnboardingSettings } from "./settings";

/** Shortest key of stored PIN hashes, in bytes. */
const SHORTEST_PIN_KEY = 32;

/** Everything that the service reads from secret files, once at its start. */
export interface KeyMaterial {
  authority: IssuingAuthority;
  serverCertPem: string;
  serverKeyPem: string;
  secretsKey: Buffer;
}

/**
 * Reads all secret files.
 * @throws Error that names the setting and its file, and never what is in it.
 */
export function readKeyMaterial(settings: OnboardingSettings): KeyMaterial {
  const secretsKey = readSecret(settings, "secretsKeyFile").trim();
  if (!/^[0-9a-f]{64}$/i.test(secretsKey)) {
    throw new Error(`onboarding: secretsKeyFile (${settings.secretsKeyFile}) must hold 64 hex characters`);
  }
  return {
    authority: readAuthority(
      readSecret(settings, "rootCertFile"),
      readSecret(settings, "issuingCertFile"),
      readSecret(settings, "issuingKeyFile"),
    ),
    serverCertPem: readSecret(settings, "serverCertFile"),
    serverKeyPem: readSecret(settings, "serverKeyFile"),
    secretsKey: Buffer.from(secretsKey, "hex"),
  };
}

/** The key of stored PIN hashes. @throws Error where it is missing or too short. */
export function readPinKey(settings: OnboardingSettings): Buffer {
  const key = Buffer.from(readSecret(settings, "pinKeyFile").trim());
  if (key.length < SHORTEST_PIN_KEY) {
    throw new Error(
      `onboarding: pinKeyFile (${settings.pinKeyFile}) must hold at least ${SHORTEST_PIN_KEY} characters`,
    );
  }
  return key;
}

/** The password of the database's user. @throws Error where it is missing. */
export function readDatabasePassword({ database }: OnboardingSettings): string {
  return readFile("database.passwordFile", database.passwordFile).trim();
}

type FileSetting = Extract<keyof OnboardingSettings, `${string}File`>;

function readSecret(settings: OnboardingSettings, name: FileSetting): string {
  return readFile(name, settings[name]);
}

function readFile(name: string, path: string): string {
  let content: string;
  try {
    content = fs.readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(
      `onboarding: ${name} (${path}) cannot be read (${code}): put the file there for this user`,
      {
        cause: error,
      },
    );
  }
  if (content.trim() === "") throw new Error(`onboarding: ${name} (${path}) is empty`);
  return content;
}
