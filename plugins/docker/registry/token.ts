/** Bearer tokens of registries (distribution/distribution, docs/spec/auth/token.md). */
import { sendRequest } from "./http";
import type { RegistryAccess } from "./access";

export interface Challenge {
  realm: string;
  service?: string;
  scope?: string;
}

/** Undefined for anything that is no Bearer challenge. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  if (!header || !/^bearer /i.test(header)) return undefined;
  const fields = Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
  );
  return fields.realm ? { realm: fields.realm, service: fields.service, scope: fields.scope } : undefined;
}

/** @throws Error naming the token server when it gives none. */
export async function fetchToken(
  challenge: Challenge,
  scope: string,
  basic: string | undefined,
  access: RegistryAccess,
): Promise<string> {
  const url = new URL(challenge.realm);
  url.searchParams.set("scope", challenge.scope ?? scope);
  if (challenge.service) url.searchParams.set("service", challenge.service);
  const ask = (authorization: string | undefined) =>
    sendRequest({
      method: "GET",
      url: url.href,
      insecure: access.insecure,
      caPem: access.caPem,
      signal: access.signal,
      headers: { accept: "application/json", ...(authorization && { authorization }) },
    });
  let answer = await ask(basic);
  // A login that the token server does not know can still read what is public.
  if (basic && (answer.status === 401 || answer.status === 403)) answer = await ask(undefined);
  if (answer.status !== 200) {
    throw new Error(
      `registry token server ${url.origin} gave no token (status ${answer.status}): check the login.`,
    );
  }
  const { token, access_token: accessToken } = JSON.parse(answer.body.toString("utf8")) as Record<
    string,
    string | undefined
  >;
  const found = token ?? accessToken;
  if (!found) throw new Error(`registry token server ${url.origin} answered without a token.`);
  return found;
}
