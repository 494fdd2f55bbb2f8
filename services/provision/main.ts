import Docker from "dockerode";
import { parseArguments, USAGE } from "./arguments";
import { createContainerShell } from "./container-shell";
import { grantPostgresRole, removePostgresRole } from "./postgres-role";
import { grantRedisUser, removeRedisUser } from "./redis-user";
import { readPassword } from "./secret";
import { settle } from "./settle";

/** One step on a running container: what the resources of a stack cannot say; USAGE lists them. */
async function main(): Promise<string> {
  const request = parseArguments(process.argv.slice(2));
  // Which engine: DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, read by the library as the docker command does.
  const docker = new Docker();
  const shell = createContainerShell(docker, request.container);
  // Who takes everything down may have removed the container before its users: then nobody can log in any more.
  if (request.remove && !(await shell.exists()))
    return `${request.container} does not exist: nothing to remove`;
  const options = { timeoutSeconds: request.timeoutSeconds };
  switch (request.kind) {
    case "settle":
      return settle(docker, shell, request);
    case "postgres-role":
      if (request.remove) return removePostgresRole(shell, request, options);
      return grantPostgresRole(shell, { ...request, password: await readPassword(process.stdin) }, options);
    case "redis-user":
      if (request.remove) return removeRedisUser(shell, request, options);
      return grantRedisUser(shell, { ...request, password: await readPassword(process.stdin) }, options);
  }
}

main().then(
  (line) => process.stdout.write(`${line}\n`),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof Error && error.message.endsWith(USAGE) ? 2 : 1;
  },
);
