/**
 * One JSON object a line on standard output, which the engine keeps as the container's log. Callers never hand it a PIN, a key or a
 * body; who asked the gateway for what is in its audit log.
 */
export function log(
  level: "info" | "warn" | "error",
  message: string,
  fields: Record<string, unknown> = {},
): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}
