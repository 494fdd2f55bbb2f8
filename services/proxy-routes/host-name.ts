/** Whether the text can be one part of a lower-case host name (RFC 1123, section 2.1). */
export function isDnsLabel(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

/** Whether the engine would accept the text as a container's name, which is also its name in the network's DNS. */
export function isContainerName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/.test(text);
}
