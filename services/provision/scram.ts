import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Postgres's own default (scram_iterations). */
const ITERATIONS = 4096;

/**
 * The form in which Postgres stores a password (RFC 5803; PostgreSQL manual, "pg_authid"). Made here, so that the server never gets the
 * password itself and cannot log it.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const hmac = (text: string): Buffer => createHmac("sha256", salted).update(text).digest();
  const storedKey = createHash("sha256").update(hmac("Client Key")).digest("base64");
  const serverKey = hmac("Server Key").toString("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
