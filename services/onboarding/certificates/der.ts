/** Limits that no honest certificate request comes near. */
const DEEPEST = 16;
const MOST_ELEMENTS = 512;

const CONSTRUCTED = 0x20;

/** One element of a DER text. */
export interface DerElement {
  tag: number;
  /** With tag and length. */
  whole: Buffer;
  content: Buffer;
}

/**
 * Reads one DER text (X.690, 10) and checks all of it before anything is made of it: definite lengths in their shortest form, each
 * element inside its parent, nothing behind the end, neither deep nor many. Parsers at hand forgive too much for what is signed here.
 * @throws Error that says what is wrong.
 */
export function readDer(der: Buffer): DerElement {
  let elements = 0;
  const walk = (content: Buffer, depth: number): void => {
    if (depth > DEEPEST) throw new Error("it is nested too deep");
    for (const element of childrenOf(content)) {
      if (++elements > MOST_ELEMENTS) throw new Error("it has too many parts");
      if ((element.tag & CONSTRUCTED) !== 0) walk(element.content, depth + 1);
    }
  };
  const whole = elementAt(der, 0);
  if (whole.whole.length !== der.length) throw new Error("something stands behind its end");
  walk(der, 1);
  return whole;
}

/** The elements side by side in a content. @throws Error for what is no DER. */
export function childrenOf(content: Buffer): DerElement[] {
  const children: DerElement[] = [];
  for (let at = 0; at < content.length; at += children.at(-1)?.whole.length ?? 0) {
    children.push(elementAt(content, at));
  }
  return children;
}

function elementAt(der: Buffer, at: number): DerElement {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) throw new Error("it is cut off");
  if ((tag & 0x1f) === 0x1f) throw new Error("it has a tag that certificate requests do not have");
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80) throw new Error("it has a part of indefinite length, which DER does not allow");
  const start = at + 2 + lengthBytes;
  if (lengthBytes > 3 || start > der.length) throw new Error("it has a part that is longer than the whole");
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  if (lengthBytes > 0 && (length < 0x80 || der[at + 2] === 0)) {
    throw new Error("it has a length that is not in its shortest form");
  }
  if (start + length > der.length) throw new Error("it has a part that is longer than the whole");
  return { tag, whole: der.subarray(at, start + length), content: der.subarray(start, start + length) };
}
