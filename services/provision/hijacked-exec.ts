import type { Duplex } from "node:stream";
import type Docker from "dockerode";

/**
 * Starts what an exec is to run, and takes its connection over as a two-way stream (Docker Engine API, ExecStart).
 *
 * dockerode would send its own options along, which the gateway takes for unknown fields of the request. With its option `stdin` it
 * leaves the request open for good where the engine refuses, and a command would wait minutes for that connection before it ends; the
 * stream takes input without it, too.
 */
export function startHijacked(exec: Docker.Exec, { terminal = false } = {}): Promise<Duplex> {
  const options = { hijack: true, _body: { Detach: false, Tty: terminal } };
  return exec.start(options);
}
