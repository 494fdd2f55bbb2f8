/** Path of a map key or object field below `path`, as Pulumi writes it: `a.b`, `a["b c"]`. */
export function keyPath(path: string, key: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Path of a list element below `path`: `a[0]`. */
export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** The top-level property that a path starts with. */
export function rootOf(path: string): string {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(path);
  return quoted?.[1] ?? path.split(/[.[]/, 1)[0] ?? path;
}
