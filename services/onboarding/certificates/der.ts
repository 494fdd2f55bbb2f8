/** Limits that no honest certificate request comes near. */
const DEEPEST = 16;
const MOST_ELEMENTS = 512;

const CONSTRUCTED = 0x20;

/**
 * Walks a DER text (X.690, 10) before any parser sees it: definite lengths in their shortest form, each element inside its parent,
 * nothing behind the last one, and neither deep nor many.
 * @throws Error that says what is wrong.
 */
export function assertPlainDer(der: Buffer): void {
  let elements = 0;
  const walk = (start: number, end: number, depth: number): void => {
    if (depth > DEEPEST) throw new Error("it is nested too deep");
    for (let at = start; at < end;) {
      if (++elements > MOST_ELEMENTS) throw new Error("it has too many parts");
      const { tag, from, to } = header(der, at, end);
      if ((tag & CONSTRUCTED) !== 0) walk(from, to, depth + 1);
      at = to;
    }
  };
  const whole = header(der, 0, der.length);
  if (whole.to !== der.length) throw new Error("something stands behind its end");
  walk(0, der.length, 1);
}

function header(der: Buffer, at: number, end: number): { tag: number; from: number; to: number } {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined || at + 2 > end) throw new Error("it is cut off");
  if ((tag & 0x1f) === 0x1f) throw new Error("it has a tag that certificate requests do not have");
  if (first < 0x80) return bounded(tag, at + 2, first, end);
  const bytes = first & 0x7f;
  if (bytes === 0) throw new Error("it has a part of indefinite length, which DER does not allow");
  if (bytes > 3 || at + 2 + bytes > end) throw new Error("it has a part that is longer than the whole");
  const length = der.readUIntBE(at + 2, bytes);
  if (length < 0x80 || der[at + 2] === 0) throw new Error("it has a length that is not in its shortest form");
  return bounded(tag, at + 2 + bytes, length, end);
}

function bounded(
  tag: number,
  from: number,
  length: number,
  end: number,
): { tag: number; from: number; to: number } {
  if (from + length > end) throw new Error("it has a part that is longer than the whole");
  return { tag, from, to: from + length };
}
