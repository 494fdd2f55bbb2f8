import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  id_ce_authorityKeyIdentifier,
  id_ce_subjectKeyIdentifier,
  KeyIdentifier,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  type Certificate,
  type Extension,
} from "@peculiar/asn1-x509";
import { createHash, type KeyObject } from "node:crypto";
import { extension } from "./extension";

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1): a name for a key, not a protection. */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  const spki = AsnConvert.parse(publicKey.export({ format: "der", type: "spki" }), SubjectPublicKeyInfo);
  const bits =
    publicKey.asymmetricKeyType === "ed25519"
      ? // The official plugin digests an ED25519 key in its ASN.1 form, and one key must have one name.
        AsnConvert.serialize(new OctetString(spki.subjectPublicKey))
      : spki.subjectPublicKey;
  return createHash("sha1").update(Buffer.from(bits)).digest();
}

/** The identifier that a certificate states of its own key, which need not be a digest of it. */
export function statedKeyIdentifier({ tbsCertificate }: Certificate): Buffer | undefined {
  const found = tbsCertificate.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  return found && Buffer.from(AsnConvert.parse(found.extnValue.buffer, SubjectKeyIdentifier).buffer);
}

export function subjectKeyIdExtension(id: Buffer): Extension {
  return extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(id));
}

export function authorityKeyIdExtension(id: Buffer): Extension {
  const value = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(id) });
  return extension(id_ce_authorityKeyIdentifier, value);
}
