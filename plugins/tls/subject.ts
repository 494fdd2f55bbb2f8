import { AsnConvert } from "@peculiar/asn1-schema";
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from "@peculiar/asn1-x509";
import type { CheckFailure, Properties, PropertySpec } from "../kit/types";

const EMAIL_ADDRESS = "1.2.840.113549.1.9.1";

/** Fields of a subject and the attribute each becomes (RFC 4519, 2; RFC 2985, 5.2.1), in the order in which they are written. */
const ATTRIBUTES: [field: string, oid: string][] = [
  ["country", "2.5.4.6"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["locality", "2.5.4.7"],
  ["province", "2.5.4.8"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", EMAIL_ADDRESS],
];

/** The `subject` input of requests and self-signed certificates. */
export const subjectSpec: PropertySpec = {
  type: "object",
  onChange: "replace",
  fields: Object.fromEntries(
    ATTRIBUTES.map(([field]): [string, PropertySpec] => [
      field,
      field === "streetAddresses" ? { type: "list", items: { type: "string" } } : { type: "string" },
    ]),
  ),
};

/** What cannot be a subject. Unknowns pass. */
export function subjectFailures(inputs: Properties): CheckFailure[] {
  const { subject } = inputs;
  if (typeof subject !== "object" || subject === null) return [];
  const email = (subject as Properties).emailAddress;
  // An e-mail address is an IA5String, which has only ASCII (RFC 2985, 5.2.1).
  if (typeof email !== "string" || /^[\x20-\x7e]*$/.test(email)) return [];
  const reason = '"subject.emailAddress" must be ASCII: write the domain in its xn-- form';
  return [{ property: "subject.emailAddress", reason }];
}

/** The distinguished name for a resource's `subject`. Values are taken as they are: nothing in them is syntax. */
export function distinguishedName(inputs: Properties): Name {
  const subject = (inputs.subject ?? {}) as Record<string, string | string[] | undefined>;
  return new Name(
    ATTRIBUTES.flatMap(([field, oid]) => {
      const values = [subject[field] ?? []].flat().filter((value) => value !== "");
      return values.length === 0 ? [] : [relativeName(values.map((value) => attribute(oid, value)))];
    }),
  );
}

/** Attributes side by side are a set, which DER sorts (X.690, 11.6). */
function relativeName(attributes: AttributeTypeAndValue[]): RelativeDistinguishedName {
  const sorted = attributes
    .map((item) => ({ item, bytes: Buffer.from(AsnConvert.serialize(item)) }))
    .sort((left, right) => Buffer.compare(left.bytes, right.bytes));
  return new RelativeDistinguishedName(sorted.map(({ item }) => item));
}

function attribute(oid: string, text: string): AttributeTypeAndValue {
  return new AttributeTypeAndValue({ type: oid, value: new AttributeValue(directoryString(oid, text)) });
}

/** PrintableString where its letters are enough (X.680, 41.4), as officially, so that names equal each other byte for byte. */
function directoryString(oid: string, text: string): Partial<AttributeValue> {
  if (oid === EMAIL_ADDRESS) return { ia5String: text };
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? { printableString: text } : { utf8String: text };
}
