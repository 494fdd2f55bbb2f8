/** Connection URLs as apps get them; the password is printable ASCII that a URL takes as it is. */
export function postgresUrl(
  host: string,
  account: { role: string; database: string },
  password: string,
): string {
  return `postgres://${account.role}:${password}@${host}:5432/${account.database}`;
}

export function redisUrl(host: string, user: string, password: string): string {
  return `redis://${user}:${password}@${host}:6379/0`;
}
