/** Hosts by the name of a docker context, as `docker context create` stores them. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

interface ContextFile {
  Endpoints?: { docker?: { Host?: string } };
}

/** @throws Error naming the context and how to list those that exist. */
export async function contextHost(name: string): Promise<string> {
  // The docker command names a context's folder by the SHA-256 of its name.
  const folder = createHash("sha256").update(name).digest("hex");
  const configFolder = process.env.DOCKER_CONFIG ?? join(homedir(), ".docker");
  let host: string | undefined;
  try {
    const file = await readFile(join(configFolder, "contexts", "meta", folder, "meta.json"), "utf8");
    host = (JSON.parse(file) as ContextFile).Endpoints?.docker?.Host;
  } catch (cause) {
    throw new Error(
      `docker context "${name}" cannot be read. List the existing ones with: docker context ls`,
      { cause },
    );
  }
  if (!host)
    throw new Error(`docker context "${name}" has no docker host. See: docker context inspect ${name}`);
  return host;
}
