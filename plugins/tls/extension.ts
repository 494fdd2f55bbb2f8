import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Extension } from "@peculiar/asn1-x509";

/** One X.509 extension (RFC 5280, 4.2) with an ASN.1 value. A client that does not know a critical one refuses the certificate. */
export function extension(oid: string, value: unknown, critical = false): Extension {
  return new Extension({ extnID: oid, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}
