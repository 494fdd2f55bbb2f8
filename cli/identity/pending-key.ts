import * as path from "node:path";
import { createFolderWhole, readIfThere } from "../files";
import type { KeyAndRequest } from "./certificate-request";

/** The key and request that a folder keeps until their certificate is in; undefined where there are none. */
export function keyIn(folder: string): KeyAndRequest | undefined {
  const [keyPem, csrPem] = ["key.pem", "request.pem"].map((name) => readIfThere(path.join(folder, name)));
  return keyPem && csrPem ? { keyPem, csrPem } : undefined;
}

/**
 * Keeps a key and its request before that is sent. Two commands at the same time get the same key: the one that was first.
 * @throws Error where the folder is damaged.
 */
export function keep(folder: string, { keyPem, csrPem }: KeyAndRequest): KeyAndRequest {
  createFolderWhole(folder, { "key.pem": keyPem, "request.pem": csrPem });
  const kept = keyIn(folder);
  if (!kept) throw new Error(`${folder} is damaged: move it away, then try again`);
  return kept;
}
