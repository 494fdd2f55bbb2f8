/** One hostile request. `$NAMES` in its strings stand for real objects; see ../targets.ts. */
export interface EscapeCase {
  name: string;
  method: string;
  target: string;
  headers?: Record<string, string>;
  /** Text as it goes on the wire, bytes, or an object that goes as JSON. */
  body?: string | Buffer | object;
  /** Files of a build context: the body is a tar archive of them. */
  context?: ContextFile[];
  /** The whole request, in place of everything above. */
  raw?: string;
  /** The status that the caller must get; "dropped": the connection ends or is refused as malformed (400 and above). */
  expect: number | "dropped";
}

export interface ContextFile {
  name: string;
  content?: string;
  type?: "file" | "symlink" | "link" | "character-device" | "fifo";
  linkname?: string;
}
