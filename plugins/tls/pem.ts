const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;

/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  label: string;
  /** The block alone, without what stands before and after it. */
  text: string;
  der: Buffer;
}

/** The first block of a text; undefined where there is none. */
export function firstBlock(text: string): PemBlock | undefined {
  const found = BLOCK.exec(text);
  if (!found) return undefined;
  const [block, label = "", body = ""] = found;
  return { label, text: block, der: Buffer.from(body, "base64") };
}

/**
 * The content of a PEM text whose first block must have this label.
 *
 * @param input the property that the text came from, for the error, which never repeats the text.
 * @throws Error where the text is no PEM or has something else.
 */
export function decodePem(text: string, label: string, input: string): Buffer {
  const block = firstBlock(text);
  if (!block) throw new Error(`${input} is not PEM: it must have a block "-----BEGIN ${label}-----"`);
  if (block.label !== label) throw new Error(`${input} must be a ${label} in PEM, and is a ${block.label}`);
  return block.der;
}

/** Writes PEM with lines of 64 characters and a line end at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
