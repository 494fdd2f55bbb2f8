/** One JSON line on standard output. */
export function logInfo(message: string, fields: Record<string, unknown> = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), level: "info", message, ...fields }));
}

/** One JSON line on standard error, with the error's stack. */
export function logError(message: string, error: unknown): void {
  const detail = error instanceof Error ? error.stack : String(error);
  console.error(JSON.stringify({ time: new Date().toISOString(), level: "error", message, error: detail }));
}
