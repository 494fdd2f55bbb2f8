/** Image manifests in a registry, by the Distribution API (distribution/distribution, docs/spec/api.md). */
import { createHash } from "node:crypto";
import { parseImageName, type ImageName } from "../engine/image-name";
import type { RegistryAccess } from "./access";
import { sendRequest, type HttpAnswer, type HttpRequest } from "./http";
import { fetchToken, parseChallenge } from "./token";

const MANIFEST_TYPES = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];

/**
 * @returns the digest by which the registry knows the image, or undefined where it does not.
 * @throws Error naming image and registry, and what to check.
 */
export async function manifestDigest(name: string, access: RegistryAccess): Promise<string | undefined> {
  const image = parseImageName(name);
  const reference = image.digest ?? image.tag ?? "latest";
  const head = await ask("HEAD", image, reference, access);
  if (head.status === 404) return undefined;
  const told = head.headers["docker-content-digest"];
  if (typeof told === "string" && told) return told;
  const { body } = await ask("GET", image, reference, access);
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

/** Deletes the manifest. One that is not there is fine. @throws Error as {@link manifestDigest}. */
export async function deleteManifest(name: string, digest: string, access: RegistryAccess): Promise<void> {
  await ask("DELETE", parseImageName(name), digest, access);
}

async function ask(
  method: HttpRequest["method"],
  image: ImageName,
  reference: string,
  access: RegistryAccess,
): Promise<HttpAnswer> {
  const url = `${access.baseUrl}/v2/${image.repository}/manifests/${reference}`;
  const { insecure, caPem, signal, login } = access;
  const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
  const send = (authorization: string | undefined): Promise<HttpAnswer> =>
    sendRequest({
      method,
      url,
      insecure,
      caPem,
      signal,
      headers: { Accept: MANIFEST_TYPES, ...(authorization && { authorization }) },
    });

  let answer = await send(basic);
  const challenge = answer.status === 401 ? parseChallenge(answer.headers["www-authenticate"]) : undefined;
  if (challenge) {
    const scope = `repository:${image.repository}:${method === "DELETE" ? "*" : "pull"}`;
    answer = await send(`Bearer ${await fetchToken(challenge, scope, basic, access)}`);
  }
  if (answer.status < 300 || answer.status === 404) return answer;
  throw new Error(
    `registry ${access.baseUrl} refused ${method} of ${image.repository}@${reference}: ${reasonOf(answer, access)}`,
  );
}

function reasonOf({ status }: HttpAnswer, { login }: RegistryAccess): string {
  if (status === 401 || status === 403) {
    const who = login ? `the login "${login.username}" is not accepted` : "it wants a login";
    return `${who} (${status}). Give one in authConfig or in registryAuth of the docker provider.`;
  }
  if (status === 405)
    return `it does not allow deletion (405). Set keepRemotely, or enable deletion in the registry.`;
  return `status ${status}.`;
}
