/** Probes, asked once each time: by a command in the container, or over the group's network. */
import { PassThrough } from "node:stream";
import type { Engine } from "../../docker/engine/client";
import type { Probe } from "./model";

/** @returns why it does not pass; undefined where it does. */
export async function probeProblem(
  engine: Engine,
  containerId: string,
  address: string,
  probe: Probe,
): Promise<string | undefined> {
  return probe.exec
    ? execProblem(engine, containerId, probe.exec, probe.timeoutSeconds)
    : httpProblem(address, probe);
}

async function execProblem(
  engine: Engine,
  id: string,
  command: string[],
  timeoutSeconds: number,
): Promise<string | undefined> {
  const exec = await engine.docker
    .getContainer(id)
    .exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({});
  const output = new PassThrough();
  engine.docker.modem.demuxStream(stream, output, output);
  const ended = new Promise<void>((resolve) => stream.once("end", resolve));
  const late = await Promise.race([ended.then(() => false), after(timeoutSeconds)]);
  if (late) {
    stream.destroy();
    return `'${command.join(" ")}' took more than ${timeoutSeconds} s`;
  }
  const { ExitCode: code } = await exec.inspect();
  if (code === 0) return undefined;
  const said = String(output.read() ?? "")
    .trim()
    .split("\n")
    .slice(-3)
    .join(" ");
  return `'${command.join(" ")}' ended with ${code}${said && `: ${said}`}`;
}

function after(seconds: number): Promise<boolean> {
  return new Promise((resolve) => setTimeout(() => resolve(true), seconds * 1000).unref());
}

/** As Azure, 200 to 399 pass, and nobody asks whose certificate it is. */
async function httpProblem(address: string, { httpGet, timeoutSeconds }: Probe): Promise<string | undefined> {
  if (httpGet === undefined) return "it has neither exec nor httpGet";
  const url = `${httpGet.scheme}://${address}:${httpGet.port}${httpGet.path}`;
  try {
    const { status } = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    return status >= 200 && status < 400 ? undefined : `${url} answers ${status}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `${url} does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}
