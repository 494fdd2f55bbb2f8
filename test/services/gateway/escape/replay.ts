import * as tar from "tar-stream";
import type { IssuedCertificate } from "../support/certificates";
import type { ContextFile, EscapeCase } from "./corpus/escape-case";
import type { Targets } from "./targets";

const ANSWER_WITHIN_MS = 4_000;

/** An answer as it came. */
export interface Replayed {
  /** 0 where the connection ended without an answer. */
  status: number;
  text: string;
}

/** Sends a case's bytes as a hostile caller. */
export async function replay(targets: Targets, escape: EscapeCase, as: IssuedCertificate): Promise<Replayed> {
  const { bench } = targets.installation;
  const text = await bench.raw(as, await bytesOf(targets, escape), ANSWER_WITHIN_MS);
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** The status that the gateway itself answers malformed requests with, or nothing at all. */
export function isAsExpected({ status }: Replayed, { expect }: EscapeCase): boolean {
  return expect === "dropped" ? status === 0 || status >= 400 : status === expect;
}

async function bytesOf(targets: Targets, escape: EscapeCase): Promise<Buffer> {
  if (escape.raw !== undefined) return Buffer.from(targets.fillIn(escape.raw), "latin1");
  const body = await bodyOf(targets, escape);
  const json = typeof escape.body === "object" && !Buffer.isBuffer(escape.body);
  const headers: Record<string, string> = {
    ...{ Host: "gateway", Connection: "close" },
    ...(json && { "Content-Type": "application/json" }),
    ...(escape.context && { "Content-Type": "application/x-tar" }),
    ...(body && { "Content-Length": String(body.length) }),
    ...escape.headers,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${escape.method} ${targets.fillIn(escape.target)} HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), body ?? Buffer.alloc(0)]);
}

async function bodyOf(targets: Targets, { body, context }: EscapeCase): Promise<Buffer | undefined> {
  if (context)
    return archive(
      context.map((file) => ({
        ...file,
        content: targets.fillIn(file.content ?? ""),
        linkname: targets.fillIn(file.linkname ?? ""),
      })),
    );
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(targets.fillIn(typeof body === "string" ? body : JSON.stringify(body)));
}

/** Files as a tar archive, in order. */
export async function archive(files: ContextFile[]): Promise<Buffer> {
  const pack = tar.pack();
  for (const { name, content = "", type = "file", linkname } of files) {
    pack.entry(
      { name, type, ...(linkname && { linkname }), mode: 0o644 },
      type === "file" ? content : undefined,
    );
  }
  pack.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of pack) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
