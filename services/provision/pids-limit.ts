import type Docker from "dockerode";

/**
 * Limits the processes and threads of a container, which Docker can change while it runs and keeps over restarts
 * (Engine API, ContainerUpdate: PidsLimit).
 * @throws Error naming the container where the engine refuses.
 */
export async function limitProcesses(docker: Docker, container: string, limit: number): Promise<string> {
  try {
    await docker.getContainer(container).update({ PidsLimit: limit });
  } catch (error) {
    throw new Error(
      `the processes of container ${container} cannot be limited to ${limit}: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return `${container} may run ${limit} processes`;
}
