import {
  SubjectAlternativeNameExtension,
  type Extension,
  type JsonGeneralNames,
  type JsonName,
} from "@peculiar/x509";
import type { Properties, PropertySpec } from "../kit/types";

const text: PropertySpec = { type: "string", onChange: "replace" };
const texts: PropertySpec = { type: "list", items: { type: "string" }, onChange: "replace" };

/** Fields of a subject, with the attribute that each becomes (RFC 4519, 2; RFC 2985, 5.2.1), in the order they are written. */
const ATTRIBUTES: [field: string, attribute: string][] = [
  ["country", "C"],
  ["organization", "O"],
  ["organizationalUnit", "OU"],
  ["locality", "L"],
  ["province", "ST"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["commonName", "CN"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "E"],
];

/** Inputs that requests and self-signed certificates have in common. */
export const subjectProperties: Record<string, PropertySpec> = {
  dnsNames: texts,
  ipAddresses: texts,
  uris: texts,
  subject: {
    type: "object",
    onChange: "replace",
    fields: Object.fromEntries(
      ATTRIBUTES.map(([field]) => [
        field,
        field === "streetAddresses" ? { type: "list", items: { type: "string" } } : { type: "string" },
      ]),
    ),
  },
  privateKeyPem: { ...text, required: true, secret: true },
};

/** The distinguished name of a resource's `subject`. */
export function distinguishedName(inputs: Properties): JsonName {
  const subject = (inputs.subject ?? {}) as Record<string, string | string[] | undefined>;
  return ATTRIBUTES.flatMap(([field, attribute]) => {
    const value = subject[field];
    const values = value === undefined || value === "" ? [] : [value].flat();
    return values.length > 0 ? [{ [attribute]: values }] : [];
  });
}

/** The alternative names of a resource's inputs; none where it gives none. */
export function alternativeNames(inputs: Properties): Extension[] {
  const of = (key: string): string[] => (inputs[key] as string[] | undefined) ?? [];
  const names: JsonGeneralNames = [
    ...of("dnsNames").map((value) => ({ type: "dns" as const, value })),
    ...of("ipAddresses").map((value) => ({ type: "ip" as const, value })),
    ...of("uris").map((value) => ({ type: "url" as const, value })),
  ];
  return names.length === 0
    ? []
    : [new SubjectAlternativeNameExtension(names, distinguishedName(inputs).length === 0)];
}
