import { isMap, isNode, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { formatPath, validate, type Problem } from "./problems";

/**
 * Reads YAML that people write, by a schema.
 * @param file name for messages, as the reader would open it.
 * @throws Error with one line for each problem: `file:line:column: key: what is wrong and how to mend it`.
 */
export function parseYamlText<S extends z.ZodType>(text: string, file: string, schema: S): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    const messages = document.errors.map(
      ({ pos, message }) => `${place(pos[0])}: ${message.split("\n")[0] ?? ""}`,
    );
    throw new Error(messages.join("\n"));
  }
  const result = validate(schema, document.toJS() as unknown);
  if ("value" in result) return result.value;
  const messages = result.problems
    .map((problem) => ({ ...problem, offset: offsetOf(document, problem) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ path, fix, offset }) => `${place(offset)}: ${formatPath(path) || "the file"} ${fix}`);
  throw new Error(messages.join("\n"));
}

/** Where the problem stands in the text: a key that should not be there itself, otherwise the value of the nearest key that is. */
function offsetOf(document: Document, { path, isUnknownKey }: Problem): number {
  if (isUnknownKey === true) {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === path.at(-1)) : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
