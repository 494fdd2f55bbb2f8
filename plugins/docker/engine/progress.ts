/** The Engine's answer to long work (pull, push, build): one JSON message a line. */
import { createInterface } from "node:readline";

export interface ProgressMessage {
  /** Output of a build step. */
  stream?: string;
  /** "Pulling from …", "Pushed", … of the layer `id`. */
  status?: string;
  id?: string;
  progress?: string;
  error?: string;
  errorDetail?: { code?: number; message?: string };
  /** Structured results: image ids, digests, BuildKit's trace. */
  aux?: unknown;
}

/**
 * Reads all messages of one answer.
 * @throws Error with the Engine's message when it reports a failure, after all messages before it were seen.
 */
export async function readProgress(
  stream: NodeJS.ReadableStream,
  onMessage: (message: ProgressMessage) => void,
): Promise<void> {
  // The stream's own failure does not reach the line reader: it would end as if all were well.
  let broken: Error | undefined;
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  stream.once("error", (error: Error) => {
    broken = error;
    lines.close();
  });
  for await (const line of lines) {
    if (!line.trim()) continue;
    const message = JSON.parse(line) as ProgressMessage;
    onMessage(message);
    const failure = message.errorDetail?.message ?? message.error;
    if (failure !== undefined) throw new Error(failure);
  }
  if (broken) throw broken;
}
