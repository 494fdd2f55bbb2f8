import { Refusal } from "../refusal";
import type { StoredCertificate } from "../store/certificates";

/**
 * Runs a transaction that gives a certificate or refuses. A refusal that it returns has its audit line in it, which stays; one that it
 * throws was rolled back with all that it did, so `record` writes the line afterwards.
 * @throws Refusal, either way.
 */
export async function decide(
  transaction: () => Promise<StoredCertificate | Refusal>,
  record: (refusal: Refusal) => Promise<void>,
): Promise<StoredCertificate> {
  let result: StoredCertificate | Refusal;
  try {
    result = await transaction();
  } catch (error) {
    if (error instanceof Refusal) await record(error);
    throw error;
  }
  if (result instanceof Refusal) throw result;
  return result;
}
