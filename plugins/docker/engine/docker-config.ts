/** Logins that `docker login` left in docker's configuration file or in a credential helper. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DOCKER_HUB } from "./image-name";
import { registryHost, type RegistryLogin } from "./registry-auth";

export interface DockerConfig {
  auths?: Record<string, { auth?: string; username?: string; password?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

/**
 * @param from the file's text, its path, or neither for the user's own (`DOCKER_CONFIG`, `~/.docker/config.json`).
 * @throws Error when a named file cannot be read, or any is not JSON. The user's own may be absent.
 */
export async function readDockerConfig(
  from: { content?: string; path?: string } = {},
): Promise<DockerConfig> {
  const own = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
  const path = from.path?.replace(/^~(?=\/)/, homedir()) ?? own;
  const text =
    from.content ??
    (await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => absent(error, from, path)));
  try {
    return JSON.parse(text) as DockerConfig;
  } catch (cause) {
    throw new Error(
      `docker configuration ${from.content ? "in configFileContent" : path} is not JSON: correct it.`,
      { cause },
    );
  }
}

function absent(error: NodeJS.ErrnoException, from: { path?: string }, path: string): string {
  if (error.code === "ENOENT" && !from.path) return "{}";
  throw new Error(
    `docker configuration ${path} cannot be read (${error.code ?? error.message}): correct configFile.`,
  );
}

/** The login for a registry, or undefined where there is none. */
export async function loginFromConfig(
  config: DockerConfig,
  registry: string,
): Promise<RegistryLogin | undefined> {
  const host = registryHost(registry);
  const keys = host === DOCKER_HUB ? ["https://index.docker.io/v1/", DOCKER_HUB] : [host, `https://${host}`];
  const helper = keys.map((key) => config.credHelpers?.[key]).find(Boolean) ?? config.credsStore;
  if (helper) {
    const login = await askHelper(helper, keys[0]!);
    if (login) return login;
  }
  const entry = Object.entries(config.auths ?? {}).find(([key]) => registryHost(key) === host)?.[1];
  if (entry?.username) return { username: entry.username, password: entry.password ?? "" };
  const [username, ...password] = Buffer.from(entry?.auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  return username ? { username, password: password.join(":") } : undefined;
}

async function askHelper(helper: string, server: string): Promise<RegistryLogin | undefined> {
  const running = promisify(execFile)(`docker-credential-${helper}`, ["get"]);
  running.child.stdin?.end(server);
  try {
    const { Username, Secret } = JSON.parse((await running).stdout) as { Username: string; Secret: string };
    return { username: Username, password: Secret };
  } catch (error) {
    const answer = (error as { stdout?: string }).stdout ?? "";
    if (/credentials not found/i.test(answer)) return undefined;
    throw new Error(
      `credential helper docker-credential-${helper} failed for ${server}: ${answer || String(error)}`,
      {
        cause: error,
      },
    );
  }
}
