import type { GeneralNames } from "@peculiar/asn1-x509";
import {
  GeneralName,
  id_ce_subjectAltName,
  SubjectAlternativeName,
  type Extension,
} from "@peculiar/asn1-x509";
import { isIP } from "node:net";
import type { CheckFailure, Properties, PropertySpec } from "../kit/types";
import { extension } from "./extension";

const texts: PropertySpec = { type: "list", items: { type: "string" }, onChange: "replace" };

/** Inputs that name a subject by other names than its distinguished one. */
export const alternativeNameProperties: Record<string, PropertySpec> = {
  dnsNames: texts,
  ipAddresses: texts,
  uris: texts,
};

const RULES: [property: string, valid: (text: string) => boolean, reason: string][] = [
  ["dnsNames", isAscii, "must be a name in ASCII without spaces: write letters beyond in the xn-- form"],
  ["ipAddresses", isAddress, "must be one IPv4 or IPv6 address, without prefix length, port or zone"],
  ["uris", isUri, "must be a URI in ASCII: write other characters as %XX"],
];

/** Names that cannot stand in a certificate (RFC 5280, 4.2.1.6), each by its place. Unknowns pass. */
export function alternativeNameFailures(inputs: Properties): CheckFailure[] {
  return RULES.flatMap(([name, valid, reason]) => {
    const given = inputs[name];
    if (!Array.isArray(given)) return [];
    return given.flatMap((text, index) => {
      const property = `${name}[${index}]`;
      return typeof text !== "string" || valid(text) ? [] : [{ property, reason: `"${property}" ${reason}` }];
    });
  });
}

function isAscii(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes("%");
}
function isUri(text: string): boolean {
  return isAscii(text) && !/%(?![0-9A-Fa-f]{2})/.test(text);
}

/** The alternative names of a resource's inputs, in the order in which the official plugin writes them. */
export function alternativeNames(inputs: Properties): GeneralName[] {
  const of = (key: string): string[] => (inputs[key] as string[] | undefined) ?? [];
  return [
    ...of("dnsNames").map((dNSName) => new GeneralName({ dNSName })),
    ...of("ipAddresses").map((address) => new GeneralName({ iPAddress: canonicalAddress(address) })),
    ...of("uris").map((uniformResourceIdentifier) => new GeneralName({ uniformResourceIdentifier })),
  ];
}

/** Hexadecimal groups only; an IPv4 address in IPv6 clothes becomes what it is, as officially (Go's net.IP.To4). */
function canonicalAddress(address: string): string {
  if (isIP(address) === 4) return address;
  const groups = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(groups);
  if (!mapped) return groups;
  const [high, low] = [parseInt(mapped[1] ?? "", 16), parseInt(mapped[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** Only names of the kinds that a program can ask for: whoever wrote a request gets no others signed. */
export function onlyKnownKinds(names: GeneralNames): GeneralName[] {
  const kinds = ["dNSName", "iPAddress", "uniformResourceIdentifier"] as const;
  return kinds.flatMap((kind) => [...names].filter((name) => name[kind] !== undefined));
}

/** Critical where the subject is empty, because then nothing else tells who it is (RFC 5280, 4.1.2.6). */
export function alternativeNameExtension(names: GeneralName[], critical: boolean): Extension[] {
  if (names.length === 0) return [];
  return [extension(id_ce_subjectAltName, new SubjectAlternativeName(names), critical)];
}
